/** `mq segment verify` */
import { type VerifyFacts, verifyStore } from "../../../src/app/store-tools.ts";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "verify"],
    summary: "check every record of a store",
    description:
      "Checks sizes, places and checksums of all records, and that every entry of the consume queues names its record; exit\ncode 8 when something is damaged. Bytes behind the last whole record of a broker that was killed are a torn tail: a\nstart cuts it, and makes entries that are missing.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {},
    output: (z) =>
      z.object({
        store: z.string(),
        segments: z.number(),
        records: z.number(),
        recordsWithoutChecksum: z.number(),
        bytes: z.number(),
        endOffset: z.number(),
        problems: z.array(
          z.object({
            segment: z.string(),
            offset: z.number(),
            bytes: z.number(),
            kind: z.enum(["damaged", "torn_tail"]),
            reason: z.string(),
          }),
        ),
        queues: z
          .object({
            queues: z.number(),
            entriesMissing: z.number(),
            problems: z.array(
              z.object({
                topic: z.string(),
                queueId: z.number(),
                offset: z.number(),
                entries: z.number(),
                kind: z.enum(["wrong_entry", "past_end"]),
              }),
            ),
          })
          .optional(),
      }),
    examples: ["mq segment verify ./store", "mq segment verify ./store -o json"],
  },
  async run(context, { arguments: [path = ""] }) {
    const { folder, isRunning } = readStoreArgument(context, path);
    const { output, environment, terminal, global } = context;
    const startedMs = environment.clock.elapsedMs();
    const isShown = terminal.isErrorTerminal && !global.quiet;
    const facts = readingStore(() =>
      verifyStore(environment.disk, folder, {
        isRunning,
        onProgress: (offset, end) => {
          if (isShown) {
            terminal.note(`\r${Math.floor((offset / Math.max(1, end)) * 100)} % checked`);
          }
        },
      }),
    );
    if (isShown) {
      terminal.note("\r             \r");
    }
    if (output.format === "table" || output.format === "wide") {
      output.text(factsText(facts));
    } else {
      output.item("StoreVerification", { store: folder, ...facts });
    }
    const seconds = (environment.clock.elapsedMs() - startedMs) / 1_000;
    const rate = seconds === 0 ? "" : ` (${formatBytes(facts.bytes / seconds)}/s)`;
    const damaged =
      facts.problems.filter(({ kind }) => kind === "damaged").length +
      (facts.queues?.problems.length ?? 0);
    output.note(
      `${damaged === 0 ? "no damage" : `${damaged} damaged`}, ${seconds.toFixed(2)} s${rate}`,
    );
    return damaged === 0 ? undefined : exitCode.corrupted;
  },
});

function factsText(facts: VerifyFacts): string {
  const { queues } = facts;
  const lines = [
    `commitlog     ${facts.segments} segments, ${formatCount(facts.records)} records, ${formatBytes(facts.bytes)}, end ${formatCount(facts.endOffset)}`,
    ...facts.problems.map(
      ({ kind, segment, offset, bytes, reason }) =>
        `${kind === "damaged" ? "DAMAGED      " : "torn tail    "} ${segment} at ${formatCount(offset)}, ${formatCount(bytes)} B: ${reason}`,
    ),
    queues === undefined
      ? "consumequeue  none in this store"
      : `consumequeue  ${queues.queues} queues, ${formatCount(queues.entriesMissing)} entries still to be made`,
    ...(queues?.problems ?? []).map(
      ({ topic, queueId, kind, offset, entries }) =>
        `DAMAGED       ${topic}/${queueId}: ${formatCount(entries)} entries ${kind === "past_end" ? "point behind the log's end" : "name another record"}, from ${formatCount(offset)} on`,
    ),
  ];
  if (facts.recordsWithoutChecksum > 0) {
    lines.push(
      `note          ${formatCount(facts.recordsWithoutChecksum)} records have only their body checked: a flipped header cannot be noticed there`,
    );
  }
  return `${lines.join("\n")}\n`;
}
