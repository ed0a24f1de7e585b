/**
 * Names of topics and groups: what they may be made of, and which are the broker's own (remoting 10).
 *
 * One table of bytes decides about every character, RocketMQ's: letters, digits, `_`, `-`, `%` and `|`.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import { scheduleTopic } from "../record/delay-levels.ts";

export const retryPrefix = "%RETRY%";
const deadLetterPrefix = "%DLQ%";
/** The topic whose settings new topics copy. */
export const templateTopic = "TBW102";

const allowed = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-%|") {
  allowed[character.charCodeAt(0)] = 1;
}

/** The retry topic of a group. */
export function retryTopicOf(group: string): string {
  return retryPrefix + group;
}

/** Where a group's messages end that no try could handle. */
export function deadLetterTopicOf(group: string): string {
  return deadLetterPrefix + group;
}

/** Topics whose messages only the broker writes (RocketMQ's TopicValidator). */
const closedTopics: ReadonlySet<string> = new Set([
  scheduleTopic,
  "RMQ_SYS_TRANS_HALF_TOPIC",
  "RMQ_SYS_TRANS_OP_HALF_TOPIC",
  "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC",
  "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC",
  "TRANS_CHECK_MAX_TIME_TOPIC",
  "SELF_TEST_TOPIC",
  "OFFSET_MOVED_EVENT",
  "CHECKPOINT_TOPIC",
]);
const systemTopics: ReadonlySet<string> = new Set([
  ...closedTopics,
  templateTopic,
  "BenchmarkTest",
  "RMQ_SYS_TRACE_TOPIC",
]);
/** Topics of the system that have fixed names, in no order. */
export function reservedTopics(): Iterable<string> {
  return systemTopics;
}

/** Prefix of topics that hold the system's own records. */
const systemPrefix = "rmq_sys_";

/** Topics that operators neither make nor change. */
export function isSystemTopic(topic: string): boolean {
  return systemTopics.has(topic) || topic.startsWith(systemPrefix);
}

/** Topics that clients must not send to. */
export function isClosedTopic(topic: string): boolean {
  return closedTopics.has(topic) || topic.startsWith(systemPrefix);
}

/** Throws MqError `parameter_invalid` when the topic's name cannot be. */
export function checkTopicName(topic: string): void {
  const isInner = topic.startsWith(retryPrefix) || topic.startsWith(deadLetterPrefix);
  checkName("topic", topic, isInner ? limits.innerTopicBytesMax : limits.topicBytesMax);
}

/** Throws MqError `parameter_invalid` when the group's name cannot be. */
export function checkGroupName(group: string): void {
  checkName("group", group, limits.groupBytesMax);
}

function checkName(what: "topic" | "group", name: string, bytesMax: number): void {
  if (name.trim() === "") {
    throw new MqError("parameter_invalid", `the ${what}'s name is blank`);
  }
  if (name.length > bytesMax) {
    throw new MqError(
      "parameter_invalid",
      `the ${what}'s name has ${name.length} characters; ${bytesMax} are allowed`,
    );
  }
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index);
    if (unit > 0xff || allowed[unit] === 0) {
      throw new MqError(
        "parameter_invalid",
        `the ${what}'s name contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$`,
      );
    }
  }
}
