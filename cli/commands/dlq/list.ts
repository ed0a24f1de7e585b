/** `mq dlq list` */
import { ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import type { MissingPart } from "../../render/listing.ts";
import { exitFor, requireBrokers } from "../cluster/chosen-brokers.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import { deadLetterQueues, groupOfDeadLetters, messageCount } from "./dead-letters.ts";

export const command = defineCommand({
  spec: {
    path: ["dlq", "list"],
    summary: "list groups with dead letters",
    description: "Dead letters that were deleted with their segments are not counted any more.",
    flags: {},
    output: (z) =>
      z.object({
        group: z.string(),
        messages: z.number(),
        brokers: z.array(z.string()),
        lastStored: z.string().nullable(),
      }),
    examples: ["mq dlq list", "mq dlq list --sort -messages -o json"],
  },
  async run(context) {
    const { admin } = context.client();
    await requireBrokers(context.client());
    const groups = (await admin.topics.names()).flatMap((topic) => groupOfDeadLetters(topic) ?? []);
    const missing = new Map<string, MissingPart>();
    const rows = await inParallel([...groups].sort(), async (group) => {
      try {
        const found = await deadLetterQueues(admin, group);
        for (const part of found.missing) {
          missing.set(part.address, part);
        }
        const filled = found.queues.filter(([, { minOffset, maxOffset }]) => maxOffset > minOffset);
        const lastMs = Math.max(0, ...filled.map(([, each]) => each.lastUpdateTimestamp));
        return {
          group,
          messages: messageCount(filled),
          brokers: [...new Set(filled.map(([{ brokerName }]) => brokerName))].sort(),
          lastStored: timeOrNull(lastMs, context.global.utc),
        };
      } catch (error) {
        if (error instanceof ClientError && error.kind === "no_route") {
          return undefined;
        }
        throw error;
      }
    });
    const items = rows.flatMap((row) => (row === undefined || row.messages === 0 ? [] : [row]));
    const parts = [...missing.values()];
    await context.output.list({
      kind: "DlqList",
      noun: "group",
      nameKey: "group",
      columns: [
        { key: "group", head: "GROUP" },
        { key: "messages", head: "DEAD LETTERS", align: "right" },
        { key: "lastStored", head: "LAST", show: showShortTime },
        { key: "brokers", head: "BROKERS", show: (value) => String(value) },
      ],
      items,
      summary:
        items.length === 0
          ? "no group has dead letters"
          : `${items.length} groups; mq dlq show GROUP shows them`,
      missing: parts,
    });
    return exitFor(parts);
  },
});
