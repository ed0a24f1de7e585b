/** A real store in a temporary folder and drafts for it: what the store benchmarks share. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/app/open-store.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { MessageStore, QueueHandle, RecordDraft } from "../../src/store/message-store.ts";

const bornHost = Buffer.from([127, 0, 0, 1, 0, 0, 42, 159]);
const properties = Buffer.from(
  "UNIQ_KEY\u00017F0000010E3C5B2133B1A2B3C4D50001\u0002WAIT\u0001true",
);

let environment: Environment | undefined;

/** Opens a store, runs the work on it, closes it and removes its folder. */
export async function withStore(
  flush: "sync" | "async",
  work: (store: MessageStore) => Promise<void>,
): Promise<void> {
  // A process has one log, hence one environment.
  environment ??= createBunEnvironment({ level: "error", format: "text" });
  const folder = mkdtempSync(join(tmpdir(), "mq-bench-"));
  const store = await openStore(environment, {
    folder,
    flush,
    storeHost: { host: "127.0.0.1", port: 10_911 },
    segmentBytes: 32 << 20,
  });
  try {
    await work(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function createDraft(queue: QueueHandle, bodyBytes: number): RecordDraft {
  return {
    queue,
    flag: 0,
    sysFlag: 0,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 410,
    bornTimestampLow: 1,
    bornHost,
    body: Buffer.alloc(bodyBytes, 0x6d),
    bodyStart: 0,
    bodyEnd: bodyBytes,
    properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    tagHash: 0,
  };
}

/** Appends in turns of `perTurn`, waiting for the acknowledgement of each turn. */
export async function appendTurns(
  store: MessageStore,
  draft: RecordDraft,
  turns: { readonly count: number; readonly perTurn: number },
): Promise<void> {
  for (let turn = 0; turn < turns.count; turn++) {
    let endOffset = 0;
    for (let index = 0; index < turns.perTurn; index++) {
      endOffset = store.append(draft).endOffset;
    }
    await store.whenAcknowledged(endOffset);
  }
}
