/** `mq segment inspect` */
import { inspectRecords, type RecordFacts } from "../../../src/app/store-tools.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { count, flag, text, wholeNumber } from "../../flag.ts";
import type { Item } from "../../render/listing.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

const countDefault = 50;

export const command = defineCommand({
  spec: {
    path: ["segment", "inspect"],
    summary: "show the records of a segment",
    description: "Reads the files; never writes. STORE may be a store or one of its segments.",
    arguments: [{ name: "STORE", about: "store, or store/commitlog/SEGMENT", completes: "folder" }],
    flags: {
      from: flag(wholeNumber(0).optional(), {
        about: "begin at this commit offset, which must be a record's",
        value: "OFFSET",
      }),
      topic: flag(text().optional(), { about: "only this topic", short: "t", value: "TOPIC" }),
      count: flag(count(1).default(countDefault), {
        about: `so many records (${countDefault})`,
        value: "N",
      }),
    },
    output: (z) =>
      z.object({
        commitOffset: z.number(),
        bytes: z.number(),
        topic: z.string(),
        queue: z.number(),
        queueOffset: z.number(),
        tag: z.string().nullable(),
        keys: z.string().nullable(),
        stored: z.string().nullable(),
        checked: z.enum(["record", "body"]),
        bodyBytes: z.number(),
        body: z.string(),
      }),
    examples: [
      "mq segment inspect ./store --count 3",
      "mq segment inspect ./store/commitlog/00000000000134217728 --topic orders",
    ],
  },
  async run(context, { arguments: [path = ""], flags }) {
    const { folder, startOffset } = readStoreArgument(context, path);
    const items: Item[] = [];
    readingStore(context, () =>
      inspectRecords(context.environment.disk, folder, flags.from ?? startOffset, (facts) => {
        if (flags.topic === undefined || facts.record.topic === flags.topic) {
          items.push(itemOf(facts, context.global.utc));
        }
        return items.length < flags.count;
      }),
    );
    await show(context, items);
    return undefined;
  },
});

function itemOf({ record, hasChecksum }: RecordFacts, isUtc: boolean): Item {
  return {
    commitOffset: record.physicalOffset,
    bytes: record.bytes,
    topic: record.topic,
    queue: record.queueId,
    queueOffset: record.queueOffset,
    tag: record.properties.get("TAGS") ?? null,
    keys: record.properties.get("KEYS") ?? null,
    stored: timeOrNull(record.storeTimestampMs, isUtc),
    checked: hasChecksum ? "record" : "body",
    bodyBytes: record.body.length,
    body: record.body.toString("utf8", 0, 200),
  };
}

async function show(context: CommandContext, items: readonly Item[]): Promise<void> {
  await context.output.list({
    kind: "SegmentRecords",
    noun: "record",
    nameKey: "commitOffset",
    columns: [
      { key: "commitOffset", head: "COMMIT OFFSET", align: "right" },
      { key: "bytes", head: "SIZE", align: "right" },
      { key: "topic", head: "TOPIC" },
      { key: "queue", head: "Q", align: "right" },
      { key: "queueOffset", head: "OFFSET", align: "right" },
      { key: "tag", head: "TAG" },
      { key: "keys", head: "KEYS" },
      {
        key: "stored",
        head: "STORED",
        show: showShortTime,
      },
      { key: "checked", head: "CHECKED", isWide: true },
      { key: "body", head: "BODY" },
    ],
    items,
    summary: `${items.length} records, each checked whole`,
  });
}
