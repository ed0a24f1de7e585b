/** What topic names and permissions mean to people (RocketMQ `TopicValidator`, `PermName`). */

const systemTopics: ReadonlySet<string> = new Set([
  "TBW102",
  "SELF_TEST_TOPIC",
  "BenchmarkTest",
  "OFFSET_MOVED_EVENT",
  "SCHEDULE_TOPIC_XXXX",
  "RMQ_SYS_TRACE_TOPIC",
  "RMQ_SYS_TRANS_HALF_TOPIC",
  "RMQ_SYS_TRANS_OP_HALF_TOPIC",
  "TRANS_CHECK_MAX_TIME_TOPIC",
]);

/** True for topics that nobody made on purpose. */
export function isSystemTopic(name: string): boolean {
  return isInnerTopic(name) || name.startsWith("%RETRY%") || name.startsWith("%DLQ%");
}

/** True for topics that brokers need: nobody deletes or changes them. */
export function isInnerTopic(name: string): boolean {
  return systemTopics.has(name) || /^rmq_sys_/i.test(name) || name.endsWith("_REPLY_TOPIC");
}

/** `rw`, `r`, `w` or `-`. */
export function permText(perm: number): string {
  return `${(perm & 4) !== 0 ? "r" : ""}${(perm & 2) !== 0 ? "w" : ""}` || "-";
}

/** The bits of `rw`, `r` or `w`. */
export function permBits(text: "rw" | "r" | "w"): number {
  return text === "rw" ? 6 : text === "r" ? 4 : 2;
}
