/** `mq segment verify` */
import { planRepair, type RepairPlan } from "../../../src/app/repair-plan.ts";
import { damagedParts, type VerifyFacts } from "../../../src/app/store-tools.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle, wholeNumber } from "../../flag.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { writeTextFile } from "../../text-file.ts";
import { checkedStore } from "./checked-store.ts";
import { readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "verify"],
    summary: "check every record of a store",
    description:
      "Checks sizes, places and checksums of all records, and that every entry of the consume queues names its record; exit\ncode 8 when something is damaged. Bytes behind the last whole record of a broker that was killed are a torn tail: a\nstart cuts it, and makes entries that are missing. --deep needs a stopped broker, and compares the tags of the entries and\nthe key index as well. --fix-plan writes a plan for mq segment repair, and changes nothing.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {
      deep: toggle("compare tags and the key index as well; the broker must be stopped"),
      from: flag(wholeNumber(0).optional(), {
        about: "from the first record at or behind this commit offset",
        value: "OFFSET",
      }),
      fixPlan: flag(text(1).optional(), {
        about: "write what mq segment repair could do to this file; the broker must be stopped",
        value: "FILE",
      }),
    },
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
                kind: z.enum(["wrong_entry", "wrong_tag", "missing_entry", "past_end"]),
              }),
            ),
          })
          .optional(),
        keys: z
          .object({
            files: z.number(),
            entries: z.number(),
            entriesMissing: z.number(),
            problems: z.array(
              z.object({
                file: z.string(),
                entry: z.number(),
                entries: z.number(),
                kind: z.enum(["wrong_entry", "missing_entry", "broken_chain"]),
              }),
            ),
          })
          .optional(),
      }),
    examples: [
      "mq segment verify ./store",
      "mq segment verify ./store --deep -o json",
      "mq segment verify ./store --from 1073741824",
      "mq segment verify ./store --fix-plan plan.json",
    ],
  },
  async run(context, { arguments: [path = ""], flags: { deep, from, fixPlan } }) {
    const { folder, isRunning } = readStoreArgument(context, path);
    if (deep && isRunning) {
      throw usageError(
        `--deep: a broker writes to ${folder}, and what it keeps in memory would look damaged`,
        "stop it first (mq broker stop), or leave --deep out",
      );
    }
    if (fixPlan !== undefined && isRunning) {
      throw usageError(
        `--fix-plan: a broker writes to ${folder}`,
        "stop it first (mq broker stop)",
      );
    }
    if (from !== undefined && (deep || fixPlan !== undefined)) {
      throw usageError("--from looks at a part of the log: leave out --deep and --fix-plan");
    }
    const { output, environment } = context;
    const startedMs = environment.clock.elapsedMs();
    const facts = checkedStore(context, folder, {
      isRunning,
      isDeep: deep,
      ...(from === undefined ? {} : { fromOffset: from }),
    });
    if (output.format === "table" || output.format === "wide") {
      output.text(factsText(facts));
    } else {
      output.item("StoreVerification", { store: folder, ...facts });
    }
    const seconds = (environment.clock.elapsedMs() - startedMs) / 1_000;
    const rate = seconds === 0 ? "" : ` (${formatBytes(facts.bytes / seconds)}/s)`;
    const damaged =
      facts.problems.filter(({ kind }) => kind === "damaged").length +
      (facts.queues?.problems.length ?? 0) +
      (facts.keys?.problems.length ?? 0);
    output.note(
      `${damaged === 0 ? "no damage" : `${damaged} damaged`}, ${seconds.toFixed(2)} s${rate}`,
    );
    if (fixPlan !== undefined) {
      const plan = planRepair(environment.disk, folder, damagedParts(facts));
      writePlan(context, folder, fixPlan, plan);
    }
    return damaged === 0 ? undefined : exitCode.corrupted;
  },
});

function writePlan(context: CommandContext, folder: string, path: string, plan: RepairPlan): void {
  const { output, environment } = context;
  const { actions, rebuild, leftAlone } = plan;
  if (actions.length + rebuild.length + leftAlone.length === 0) {
    output.note("nothing to repair: no plan was written");
    return;
  }
  writeTextFile(environment, path, `${JSON.stringify(plan, undefined, 2)}\n`);
  const again = rebuild.map(
    (part) => `, the ${part === "queues" ? "consume queues" : "key index"} to be built again`,
  );
  output.note(
    `${actions.length} places can be repaired, ${leftAlone.length} cannot${again.join("")}: mq segment repair ${folder} --plan ${path}`,
  );
}

const queueProblems = {
  wrong_entry: "name another record",
  wrong_tag: "have another tag than their record",
  missing_entry: "are missing before others",
  past_end: "point behind the log's end",
} as const;

const keyProblems = {
  wrong_entry: "entries name no record with their key",
  missing_entry: "keys of records have no entry",
  broken_chain: "entries are not found from their slot",
} as const;

function factsText(facts: VerifyFacts): string {
  const { queues, keys } = facts;
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
        `DAMAGED       ${topic}/${queueId}: ${formatCount(entries)} entries ${queueProblems[kind]}, from ${formatCount(offset)} on`,
    ),
    ...(keys === undefined
      ? []
      : [
          `index         ${keys.files} files, ${formatCount(keys.entries)} entries, ${formatCount(keys.entriesMissing)} still to be made`,
        ]),
    ...(keys?.problems ?? []).map(
      ({ file, kind, entry, entries }) =>
        `DAMAGED       index/${file}: ${formatCount(entries)} ${keyProblems[kind]}, from entry ${formatCount(entry)} on`,
    ),
  ];
  if (facts.recordsWithoutChecksum > 0) {
    lines.push(
      `note          ${formatCount(facts.recordsWithoutChecksum)} records have only their body checked: a flipped header cannot be noticed there`,
    );
  }
  return `${lines.join("\n")}\n`;
}
