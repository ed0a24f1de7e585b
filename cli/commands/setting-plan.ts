/**
 * Changing settings somewhere, place by place: the plan with old and new values, the question, and what became of it. A
 * place is a broker or a nameserver; one that fails takes nothing from the others.
 */
import { ClientError } from "../../src/client/index.ts";
import type { CommandContext } from "../command.ts";
import { toCommandError } from "../command-error.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Zod } from "../flag.ts";
import type { Column, MissingPart } from "../render/listing.ts";
import { exitFor } from "./cluster/chosen-brokers.ts";

export interface SettingChange {
  readonly setting: string;
  /** Null where there is none. */
  readonly before: string | null;
  /** Null when it is taken away. */
  readonly after: string | null;
}

export interface PlannedPlace {
  /** A broker's name, or a nameserver's address. */
  readonly at: string;
  readonly address: string;
  readonly changes: readonly SettingChange[];
  /** Makes all changes of the place. */
  apply(): Promise<void>;
}

export interface SettingPlan {
  readonly kind: string;
  /** What is changed: a group, a topic, a broker. */
  readonly name: string;
  readonly noun: string;
  readonly places: readonly PlannedPlace[];
  readonly question: string;
  readonly missing?: readonly MissingPart[];
}

type Outcome = "changed" | "unchanged" | "would change" | "failed";

const columns: readonly Column[] = [
  { key: "name", head: "NAME" },
  { key: "at", head: "AT" },
  { key: "setting", head: "SETTING" },
  { key: "before", head: "BEFORE" },
  { key: "after", head: "AFTER" },
  { key: "outcome", head: "OUTCOME" },
];

/** Shape of the rows that `changeSettings` prints. */
export const settingChangeSchema = (z: Zod) =>
  z.object({
    name: z.string(),
    at: z.string(),
    setting: z.string(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    outcome: z.enum(["changed", "unchanged", "would change", "failed"]),
  });

/** Shows the plan, asks, makes the changes, and shows what became of each. Nothing to change is a success. */
export async function changeSettings(
  context: CommandContext,
  plan: SettingPlan,
): Promise<ExitCode | undefined> {
  const missing = [...(plan.missing ?? [])];
  const concerned = plan.places.filter(({ changes }) => changes.some(isChange));
  if (context.global.dryRun || concerned.length === 0) {
    await show(context, plan, missing, () => "would change");
    if (context.global.dryRun) {
      context.output.note("dry run: nothing changed");
    }
    return exitFor(missing);
  }
  for (const { at, changes } of concerned) {
    for (const { setting, before, after } of changes.filter(isChange)) {
      context.output.note(`${at}: ${setting} ${before ?? "-"} → ${after ?? "-"}`);
    }
  }
  if (!(await context.confirm(plan.question))) {
    context.output.note("nothing changed");
    return exitCode.precondition;
  }
  const failed = new Set<PlannedPlace>();
  for (const place of concerned) {
    try {
      await place.apply();
    } catch (error) {
      if (!(error instanceof ClientError)) {
        throw error;
      }
      failed.add(place);
      missing.push({ from: place.at, address: place.address, error: toCommandError(error) });
    }
  }
  await show(context, plan, missing, (place) => (failed.has(place) ? "failed" : "changed"));
  const [first] = missing;
  return failed.size === concerned.length && first !== undefined
    ? first.error.exitCode
    : exitFor(missing);
}

function isChange({ before, after }: SettingChange): boolean {
  return before !== after;
}

async function show(
  { output }: CommandContext,
  { kind, name, noun, places }: SettingPlan,
  missing: readonly MissingPart[],
  outcome: (place: PlannedPlace) => Outcome,
): Promise<void> {
  await output.list({
    kind,
    noun,
    nameKey: "name",
    columns,
    items: places.flatMap((place) =>
      place.changes.map((change) => ({
        name,
        at: place.at,
        setting: change.setting,
        before: change.before,
        after: change.after,
        outcome: isChange(change) ? outcome(place) : "unchanged",
      })),
    ),
    missing,
  });
}
