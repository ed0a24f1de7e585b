/** `mq segment repair` */
import { rebuildIndex } from "../../../src/app/index-rebuild.ts";
import { rebuildQueues } from "../../../src/app/queue-rebuild.ts";
import type { RebuiltPart, RepairPlan } from "../../../src/app/repair-plan.ts";
import { repairStates, repairStore } from "../../../src/app/store-repair.ts";
import { damagedParts } from "../../../src/app/store-tools.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle, type Zod } from "../../flag.ts";
import type { Item } from "../../render/listing.ts";
import { readTextFile } from "../../text-file.ts";
import { storeRefusal } from "../store/store-refusal.ts";
import { checkedStore } from "./checked-store.ts";
import { checkingStore, readStoreArgument } from "./store-argument.ts";

/** The message that lay there. */
const lostSchema = (z: Zod) =>
  z.strictObject({
    topic: z.string(),
    queueId: z.int().min(0),
    queueOffset: z.int().min(0),
  });

const actionSchema = (z: Zod) =>
  z.object({
    kind: z.enum(["fill", "blank", "cut", "rebuild_queues", "rebuild_index"]),
    segment: z.string().nullable(),
    offset: z.number().nullable(),
    bytes: z.number().nullable(),
    reason: z.string(),
    lost: lostSchema(z).nullable(),
    state: z.enum(["to_do", "begun", "done"]),
  });

export const command = defineCommand({
  spec: {
    path: ["segment", "repair"],
    summary: "carry out a plan that segment verify wrote",
    description:
      "Shows the plan, and with --write carries it out: readers step over damaged places afterwards, and the torn tail is zeros.\nWhat is overwritten is kept in STORE/mq/repair. Needs a stopped broker, and the store as it was when the plan was made;\na repair that was killed goes on when it is run again. Queues and key index are built again where the plan says so; queues of\nmq in any case, by the next start.",
    arguments: [{ name: "STORE", about: "folder of the store", completes: "folder" }],
    flags: {
      plan: flag(text(1), { about: "file that mq segment verify --fix-plan wrote", value: "FILE" }),
      write: toggle("do it; without, the plan is only shown"),
    },
    output: actionSchema,
    examples: [
      "mq segment repair ./store --plan plan.json",
      "mq segment repair ./store --plan plan.json --write",
    ],
  },
  async run(context, { arguments: [path = ""], flags }) {
    const { folder } = readStoreArgument(context, path);
    const { disk } = context.environment;
    const plan = await readPlan(context, flags.plan);
    const isWriting = flags.write && !context.global.dryRun;
    let written = 0;
    const states = refusing(() =>
      checkingStore(() => {
        if (isWriting) {
          written = repairStore(disk, folder, plan, () => undefined);
        }
        return repairStates(disk, folder, plan);
      }),
    );
    const parts = await partStates(context, folder, plan, isWriting);
    const actions: Item[] = plan.actions.map((action, index) => ({
      kind: action.kind,
      segment: action.segment,
      offset: action.offset,
      bytes: action.bytes,
      lost: action.lost ?? null,
      reason: action.reason,
      state: states[index] ?? "to_do",
    }));
    await show(context, [...actions, ...parts]);
    for (const { offset, bytes, reason } of plan.leftAlone) {
      context.output.note(`left alone: ${bytes} bytes at ${offset}: ${reason}`);
    }
    context.output.note(
      isWriting
        ? `${written} places were written; what lay there is in ${folder}/mq/repair`
        : "nothing was written: --write carries the plan out",
    );
    return isWriting && plan.leftAlone.length > 0 ? exitCode.partial : undefined;
  },
});

/** What the plan wants built again: made, when it is written and not sound yet. */
async function partStates(
  context: CommandContext,
  folder: string,
  { rebuild }: RepairPlan,
  isWriting: boolean,
): Promise<readonly Item[]> {
  if (rebuild.length === 0) {
    return [];
  }
  const { environment } = context;
  const damaged = (): readonly RebuiltPart[] =>
    damagedParts(
      checkedStore(context, folder, { isRunning: false, isDeep: rebuild.includes("index") }),
    );
  let left = damaged();
  for (const part of isWriting ? left : []) {
    const work = part === "queues" ? rebuildQueues : rebuildIndex;
    const aside = await work(environment, folder).catch((error: unknown) => {
      throw storeRefusal(error, storeHint);
    });
    if (aside !== undefined) {
      context.output.note(`what was there of the ${part} is in ${aside}`);
    }
  }
  left = isWriting ? damaged() : left;
  return rebuild.map((part) => ({
    kind: part === "queues" ? "rebuild_queues" : "rebuild_index",
    segment: null,
    offset: null,
    bytes: null,
    lost: null,
    reason: "entries do not agree with the log",
    state: left.includes(part) ? "to_do" : "done",
  }));
}

/** The plan; a usage error for a file that is none. */
async function readPlan(context: CommandContext, path: string): Promise<RepairPlan> {
  const typed = readTextFile(context.environment, path);
  if (typed === undefined) {
    throw usageError(`--plan: ${path} is not there`, "mq segment verify STORE --fix-plan makes it");
  }
  const { z } = await import("zod");
  const place = { offset: z.int().min(0), bytes: z.int().min(1), reason: z.string() };
  const schema = z.strictObject({
    version: z.literal(1),
    segments: z.array(z.strictObject({ name: z.string(), bytes: z.int() })),
    actions: z.array(
      z.strictObject({
        ...place,
        kind: z.enum(["fill", "blank", "cut"]),
        segment: z.string(),
        lost: lostSchema(z).optional(),
        storeTimestampMs: z.int(),
        fingerprint: z.int(),
      }),
    ),
    rebuild: z.array(z.enum(["queues", "index"])),
    leftAlone: z.array(z.strictObject(place)),
  });
  let value: unknown;
  try {
    value = JSON.parse(typed);
  } catch {
    throw usageError(`--plan: ${path} is no JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw usageError(`--plan: ${path} is no plan: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

const storeHint =
  "stop the broker; for a store that changed, make a new plan with mq segment verify --fix-plan";

/** A store that is in use, or is not the plan's, is a precondition that does not hold. */
function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeRefusal(error, storeHint);
  }
}

/** `orders/0@17`: topic, queue, offset. */
function lostText(value: unknown): string {
  const lost = value as RepairPlan["actions"][number]["lost"] | null;
  return lost === null || lost === undefined
    ? "-"
    : `${lost.topic}/${lost.queueId}@${lost.queueOffset}`;
}

async function show(context: CommandContext, items: readonly Item[]): Promise<void> {
  await context.output.list({
    kind: "RepairPlan",
    noun: "action",
    nameKey: "offset",
    columns: [
      { key: "kind", head: "KIND" },
      { key: "segment", head: "SEGMENT" },
      { key: "offset", head: "OFFSET", align: "right" },
      { key: "bytes", head: "BYTES", align: "right" },
      { key: "lost", head: "LOST", show: lostText },
      { key: "state", head: "STATE" },
      { key: "reason", head: "REASON" },
    ],
    items,
    summary: `${items.length} places`,
  });
}
