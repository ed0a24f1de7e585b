/** `mq store checkpoint` */
import { type StoreCheckpoint, storeCheckpoint } from "../../../src/app/store-checkpoint.ts";
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { readingStore, readStoreArgument } from "../segment/store-argument.ts";
import { timeOrNull } from "../time-fields.ts";

export const command = defineCommand({
  spec: {
    path: ["store", "checkpoint"],
    summary: "show how far a store knows itself durable",
    description:
      "Shows what the next start relies on: RocketMQ's checkpoint file (store times up to which log, queues and index were\nflushed) and the snapshot of mq. Reads only.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {},
    output: (z) =>
      z.object({
        store: z.string(),
        cleanStop: z.boolean(),
        logStart: z.number(),
        segmentsEnd: z.number(),
        logFlushed: z.string().nullable(),
        queuesFlushed: z.string().nullable(),
        indexFlushed: z.string().nullable(),
        snapshotOffset: z.number().nullable(),
        snapshotStored: z.string().nullable(),
        snapshotQueues: z.number().nullable(),
        queuesDoubted: z.boolean(),
        snapshotDamage: z.string().nullable(),
      }),
    examples: ["mq store checkpoint ./store"],
  },
  async run(context, { arguments: [path = ""] }) {
    const { folder } = readStoreArgument(context, path);
    const { output, environment, global } = context;
    const found = readingStore(context, () => storeCheckpoint(environment.disk, folder));
    if (found.segmentsEnd === 0 && found.file === undefined && found.snapshot === undefined) {
      throw notFound(`${folder} holds neither a log nor a checkpoint`);
    }
    output.item("StoreCheckpoint", { store: folder, ...itemOf(found, global.utc) });
    return undefined;
  },
});

function itemOf({ file, snapshot, ...rest }: StoreCheckpoint, isUtc: boolean) {
  return {
    cleanStop: rest.isClean,
    logStart: rest.logStart,
    segmentsEnd: rest.segmentsEnd,
    logFlushed: timeOrNull(file?.logMs, isUtc),
    queuesFlushed: timeOrNull(file?.queuesMs, isUtc),
    indexFlushed: timeOrNull(file?.indexMs, isUtc),
    snapshotOffset: snapshot?.logOffset ?? null,
    snapshotStored: timeOrNull(snapshot?.storeTimestampMs, isUtc),
    snapshotQueues: snapshot?.queues ?? null,
    queuesDoubted: snapshot?.areQueuesDoubted ?? false,
    snapshotDamage: rest.snapshotDamage ?? null,
  };
}
