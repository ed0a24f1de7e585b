/** `mq store usage` */
import { storeUsage } from "../../../src/app/store-usage.ts";
import { defineCommand } from "../../command.ts";
import { choice, flag } from "../../flag.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { formatTime } from "../../render/time.ts";
import { readingStore, readStoreArgument } from "../segment/store-argument.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";

export const command = defineCommand({
  spec: {
    path: ["store", "usage"],
    summary: "show what takes the space of a store",
    description:
      "Sums the records of the log by topic, queue, segment or day of storing; largest first, segments and days in their order.\nReads the whole log; never writes. Bytes are those of whole records; queues and indexes come on top.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {
      by: flag(choice(["topic", "queue", "segment", "day"]).default("topic"), {
        about: "what to sum by (topic)",
        value: "WHAT",
      }),
    },
    output: (z) =>
      z.object({
        name: z.string(),
        messages: z.number(),
        bytes: z.number(),
        share: z.number(),
        firstStored: z.string().nullable(),
        lastStored: z.string().nullable(),
      }),
    examples: ["mq store usage ./store", "mq store usage ./store --by day -o jsonl"],
  },
  async run(context, { arguments: [path = ""], flags }) {
    const { folder } = readStoreArgument(context, path);
    const { output, environment, global } = context;
    const usage = readingStore(context, () =>
      storeUsage(environment.disk, folder, flags.by, (timeMs) =>
        formatTime(timeMs, global.utc).slice(0, 10),
      ),
    );
    await output.list({
      kind: "StoreUsage",
      noun: flags.by,
      nameKey: "name",
      columns: [
        { key: "name", head: flags.by.toUpperCase() },
        { key: "messages", head: "MESSAGES", align: "right" },
        {
          key: "bytes",
          head: "SIZE",
          align: "right",
          show: (value) => formatBytes(Number(value)),
        },
        {
          key: "share",
          head: "SHARE",
          align: "right",
          show: (value) => `${(Number(value) * 100).toFixed(1)} %`,
        },
        { key: "firstStored", head: "FIRST STORED", show: showShortTime },
        { key: "lastStored", head: "LAST STORED", show: showShortTime },
      ],
      items: usage.rows.map((row) => ({
        name: row.name,
        messages: row.messages,
        bytes: row.bytes,
        share: row.bytes / usage.bytes,
        firstStored: timeOrNull(row.firstStoreTimestampMs, global.utc),
        lastStored: timeOrNull(row.lastStoreTimestampMs, global.utc),
      })),
      summary: `${formatCount(usage.messages)} messages, ${formatBytes(usage.bytes)}`,
    });
    if (usage.damagedCount > 0) {
      output.note(
        `${formatCount(usage.damagedCount)} damaged places were passed over (mq segment verify tells them)`,
      );
    }
    return undefined;
  },
});
