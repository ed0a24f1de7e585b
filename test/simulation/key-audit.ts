/**
 * Asks a store for what was just read from its queues, by key: each record must be found by the key that only it has,
 * at its own place, and a key that nobody used finds nothing. Whatever a crash left of the index, it must not show.
 */
import { decodeRecord } from "../../src/record/decode.ts";
import type { MessageStore } from "../../src/store/message-store.ts";
import { messageId } from "./body.ts";
import { type Drain, placeKey, type Sighting, type Violation } from "./history.ts";

/** Records asked for after one restart. */
const sampleMax = 16;
const unusedNumber = 99_999_999_999;

/** Violations of the rule; `damaged` are places whose record rotted on the device. */
export async function auditKeys(
  store: MessageStore,
  drains: readonly Drain[],
  damaged: ReadonlySet<string>,
): Promise<readonly Violation[]> {
  const seen = drains.flatMap(({ sightings }) => sightings);
  const step = Math.max(1, Math.floor(seen.length / sampleMax));
  const violations: Violation[] = [];
  for (let index = 0; index < seen.length; index += step) {
    const sighting = seen[index] as Sighting;
    const { id, topic, physicalOffset } = sighting;
    if (id !== undefined && !damaged.has(placeKey(sighting))) {
      const found = await placesOf(store, topic, id);
      // Retention may have gone on meanwhile.
      const isThere = physicalOffset >= store.facts().logMinOffset;
      if (isThere && (found.length !== 1 || found[0] !== physicalOffset)) {
        const message = `${id} of ${placeKey(sighting)} lies at ${physicalOffset}; its key found [${found}]`;
        violations.push({ checker: "keys", message });
      }
    }
  }
  const topic = drains[0]?.topic ?? "topic-0";
  const found = await placesOf(store, topic, messageId(unusedNumber));
  if (found.length > 0) {
    violations.push({ checker: "keys", message: `a key that nobody used found [${found}]` });
  }
  return violations;
}

async function placesOf(
  store: MessageStore,
  topic: string,
  key: string,
): Promise<readonly number[]> {
  const query = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, countMax: 64 };
  const { records } = await store.queryKey(topic, key, query);
  const places: number[] = [];
  for (let at = 0; at < records.length; ) {
    const { physicalOffset, bytes } = decodeRecord(records, at);
    places.push(physicalOffset);
    at += bytes;
  }
  return places;
}
