/** `mq segment verify` */
import { verifyStore } from "../../../src/app/store-tools.ts";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import type {} from "../../flag.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "verify"],
    summary: "check every record of a store",
    description:
      "Checks sizes, places and checksums of all records; exit code 8 when something is damaged. Bytes behind the last\nwhole record of a broker that was killed are a torn tail: a start cuts it.",
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
      }),
    examples: ["mq segment verify ./store", "mq segment verify ./store -o json"],
  },
  async run(context, { arguments: [path = ""] }) {
    const { folder } = readStoreArgument(context, path);
    const startedMs = context.environment.clock.elapsedMs();
    const isShown = context.terminal.isErrorTerminal && !context.global.quiet;
    const facts = readingStore(() =>
      verifyStore(context.environment.disk, folder, (offset, end) => {
        if (isShown) {
          context.terminal.note(`\r${Math.floor((offset / Math.max(1, end)) * 100)} % checked`);
        }
      }),
    );
    if (isShown) {
      context.terminal.note("\r             \r");
    }
    const { output } = context;
    if (output.format === "table" || output.format === "wide") {
      output.text(
        `commitlog  ${facts.segments} segments, ${formatCount(facts.records)} records, ${formatBytes(facts.bytes)}, end ${formatCount(facts.endOffset)}\n`,
      );
      for (const problem of facts.problems) {
        output.text(
          `${problem.kind === "damaged" ? "DAMAGED  " : "torn tail"}  ${problem.segment} at ${formatCount(problem.offset)}, ${formatCount(problem.bytes)} B: ${problem.reason}\n`,
        );
      }
      if (facts.recordsWithoutChecksum > 0) {
        output.text(
          `note       ${formatCount(facts.recordsWithoutChecksum)} records have only their body checked\n`,
        );
      }
    } else {
      output.item("StoreVerification", { store: folder, ...facts });
    }
    const seconds = (context.environment.clock.elapsedMs() - startedMs) / 1_000;
    const rate = seconds === 0 ? "" : ` (${formatBytes(facts.bytes / seconds)}/s)`;
    const damaged = facts.problems.filter(({ kind }) => kind === "damaged").length;
    output.note(
      `${damaged === 0 ? "no damage" : `${damaged} damaged`}, ${seconds.toFixed(2)} s${rate}`,
    );
    return damaged === 0 ? undefined : exitCode.corrupted;
  },
});
