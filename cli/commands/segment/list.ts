/** `mq segment list` */
import { segmentFacts } from "../../../src/app/store-tools.ts";
import { defineCommand } from "../../command.ts";
import type {} from "../../flag.ts";
import { formatBytes } from "../../render/format.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "list"],
    summary: "list the segments of a store",
    description:
      "Reads the files; never writes. Works beside a running broker, and on RocketMQ's stores.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {},
    output: (z) =>
      z.object({
        segment: z.string(),
        bytes: z.number(),
        writtenBytes: z.number(),
        records: z.number(),
        firstStored: z.string().nullable(),
        lastStored: z.string().nullable(),
      }),
    examples: ["mq segment list ./store"],
  },
  async run(context, { arguments: [path = ""] }) {
    const { folder } = readStoreArgument(context, path);
    const facts = readingStore(context, () => [...segmentFacts(context.environment.disk, folder)]);
    const showBytes = (value: unknown): string => formatBytes(Number(value));
    await context.output.list({
      kind: "SegmentList",
      noun: "segment",
      nameKey: "segment",
      columns: [
        { key: "segment", head: "SEGMENT" },
        { key: "bytes", head: "SIZE", align: "right", show: showBytes },
        { key: "writtenBytes", head: "WRITTEN", align: "right", show: showBytes },
        { key: "records", head: "RECORDS", align: "right" },
        { key: "firstStored", head: "FIRST STORED", show: showShortTime },
        { key: "lastStored", head: "LAST STORED", show: showShortTime },
      ],
      items: facts.map((each) => ({
        segment: each.name,
        bytes: each.bytes,
        writtenBytes: each.writtenBytes,
        records: each.records,
        firstStored: timeOrNull(each.firstStoreTimestampMs, context.global.utc),
        lastStored: timeOrNull(each.lastStoreTimestampMs, context.global.utc),
      })),
      summary: `${facts.length} segments`,
    });
    return undefined;
  },
});
