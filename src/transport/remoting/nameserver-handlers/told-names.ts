/** What others tell of names and topics, checked before a nameserver keeps it. All throw MqError `parameter_invalid`. */
import { MqError } from "../../../core/error.ts";
import { limits } from "../../../core/limits.ts";
import type { TopicConfig } from "../../../nameserver/topic-routes.ts";

/** Bits 1, 2, 4 and 8: inherit, write, read, priority. */
const permMax = 15;

/** Clients make a list entry for each queue: nobody's word may make them exhaust their memory. */
export function checkTopic({ topic, readQueueCount, writeQueueCount, perm }: TopicConfig): void {
  named(topic, "a topic's name");
  for (const count of [readQueueCount, writeQueueCount]) {
    if (count < 0 || count > limits.routeQueuesMax) {
      throw new MqError(
        "parameter_invalid",
        `${topic} has ${count} queues; at most ${limits.routeQueuesMax}`,
      );
    }
  }
  if (perm < 0 || perm > permMax) {
    throw new MqError("parameter_invalid", `${topic} has the permission ${perm}`);
  }
}

export function named(text: string, field: string): string {
  if (text.trim() === "") {
    throw new MqError("parameter_invalid", `${field} is blank`);
  }
  return bounded(text, field);
}

export function bounded(text: string, field: string): string {
  if (text.length > limits.innerTopicBytesMax) {
    throw new MqError(
      "parameter_invalid",
      `${field} has ${text.length} characters; at most ${limits.innerTopicBytesMax}`,
    );
  }
  return text;
}
