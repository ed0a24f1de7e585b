/** `mq segment list` */
import { z } from "zod";
import { segmentFacts } from "../../../src/app/store-tools.ts";
import { defineCommand } from "../../command.ts";
import { formatBytes } from "../../render/format.ts";
import { formatClock } from "../../render/time.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "list"],
    summary: "list the segments of a store",
    description:
      "Reads the files; never writes. Works beside a running broker, and on RocketMQ's stores.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {},
    output: z.object({
      segment: z.string(),
      bytes: z.number(),
      writtenBytes: z.number(),
      records: z.number(),
      firstStoredMs: z.number().nullable(),
      lastStoredMs: z.number().nullable(),
    }),
    examples: ["mq segment list ./store"],
  },
  async run(context, { arguments: [path = ""] }) {
    const { folder } = readStoreArgument(context, path);
    const facts = readingStore(() => [...segmentFacts(context.environment.disk, folder)]);
    const showTime = (value: unknown): string =>
      value === null ? "-" : formatClock(Number(value), context.global.utc);
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
        { key: "firstStoredMs", head: "FIRST STORED", show: showTime },
        { key: "lastStoredMs", head: "LAST STORED", show: showTime },
      ],
      items: facts.map((each) => ({
        segment: each.name,
        bytes: each.bytes,
        writtenBytes: each.writtenBytes,
        records: each.records,
        firstStoredMs: each.firstStoreTimestampMs ?? null,
        lastStoredMs: each.lastStoreTimestampMs ?? null,
      })),
      summary: `${facts.length} segments`,
    });
    return undefined;
  },
});
