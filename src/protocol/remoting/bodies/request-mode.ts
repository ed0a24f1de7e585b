/** How the members of a group are to ask for a topic's messages (401). */
import { encodeJson } from "../json.ts";
import { objectOf } from "../json-members.ts";

export interface RequestMode {
  readonly topic: string;
  readonly group: string;
  readonly mode: "PULL" | "POP";
  /** With POP: of how many members that follow each may also take from a member's queues; 0: of all. */
  readonly popShareQueueCount: number;
}

export function encodeRequestMode(mode: RequestMode): Buffer {
  return encodeJson(
    objectOf([
      ["consumerGroup", mode.group],
      ["mode", mode.mode],
      ["popShareQueueNum", mode.popShareQueueCount],
      ["topic", mode.topic],
    ]),
  );
}
