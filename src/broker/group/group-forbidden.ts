/** Topics that an operator keeps a group from reading (353): RocketMQ's bits by topic. */
import type { StateValue } from "../../store/message-store.ts";
import { rowMembers } from "../topic/topic-config.ts";

/** RocketMQ numbers what may be forbidden by the bits of a permission; reading is its bit 2. */
export const readBit = 1 << 2;

export function forbidsReading(bits: number | undefined): boolean {
  return bits !== undefined && (bits & readBit) !== 0;
}

export function forbiddenRow(forbidden: ReadonlyMap<string, number>): StateValue {
  return Object.fromEntries(forbidden);
}

/** Reads a row back; undefined when it forbids nothing. */
export function forbiddenOfRow(row: StateValue): ReadonlyMap<string, number> | undefined {
  const forbidden = new Map<string, number>();
  for (const [topic, bits] of Object.entries(rowMembers(row))) {
    if (typeof bits === "number" && bits !== 0) {
      forbidden.set(topic, bits);
    }
  }
  return forbidden.size === 0 ? undefined : forbidden;
}
