/** One step from what a cluster is to what a document says, and how it is shown. */
import type { Client } from "../../../src/client/index.ts";
import { CommandError, toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import type { Zod } from "../../flag.ts";
import type { Column, Item } from "../../render/listing.ts";
import { type SettingValue, settingText } from "./document.ts";

export interface FieldChange {
  readonly name: string;
  /** Null where there is nothing. */
  readonly from: SettingValue | null;
  readonly to: SettingValue | null;
}

export interface Change {
  readonly thing: "topic" | "group" | "keyValue" | "offsets";
  readonly name: string;
  /** The broker's name, or the nameserver's address. */
  readonly target: string;
  readonly action: "create" | "update" | "delete" | "keep";
  readonly fields: readonly FieldChange[];
  /** What it takes away, in words. */
  readonly losses: readonly string[];
  /** Undefined where nothing is to be done: the reason says why. */
  readonly carryOut: ((client: Client) => Promise<void>) | undefined;
  readonly reason?: string | undefined;
}

const outcomes = [
  "would create",
  "would update",
  "would delete",
  "created",
  "updated",
  "deleted",
  "kept",
  "failed",
] as const;

type Outcome = (typeof outcomes)[number];

export interface ChangeResult {
  readonly change: Change;
  readonly outcome: Outcome;
  readonly reason: string | null;
}

const did = { create: "created", update: "updated", delete: "deleted", keep: "kept" } as const;
const would = {
  create: "would create",
  update: "would update",
  delete: "would delete",
  keep: "kept",
} as const;

export function planned(change: Change): ChangeResult {
  return { change, outcome: would[change.action], reason: change.reason ?? null };
}

/** Carries it out; a failure is an outcome. */
export async function carriedOut(client: Client, change: Change): Promise<ChangeResult> {
  try {
    await change.carryOut?.(client);
    return { change, outcome: did[change.action], reason: change.reason ?? null };
  } catch (error) {
    return { change, outcome: "failed", reason: toCommandError(error).message };
  }
}

/** Some failed, or all. */
export function exitOf(results: readonly ChangeResult[]): ExitCode | undefined {
  const failed = results.filter(({ outcome }) => outcome === "failed").length;
  if (failed === 0) {
    return undefined;
  }
  return failed === results.length ? exitCode.failed : exitCode.partial;
}

export const changeSchema = (z: Zod) =>
  z.object({
    action: z.enum(["create", "update", "delete", "keep"]),
    thing: z.enum(["topic", "group", "keyValue", "offsets"]),
    name: z.string(),
    target: z.string(),
    fields: z.array(
      z.strictObject({
        name: z.string(),
        from: z.unknown().nullable(),
        to: z.unknown().nullable(),
      }),
    ),
    losses: z.array(z.string()),
    outcome: z.enum(outcomes),
    reason: z.string().nullable(),
  });

export const changeColumns: readonly Column[] = [
  { key: "outcome", head: "OUTCOME" },
  { key: "thing", head: "THING" },
  { key: "name", head: "NAME" },
  { key: "target", head: "AT" },
  { key: "fields", head: "CHANGE", show: (_fields, item) => changeText(item) },
  { key: "reason", head: "REASON" },
];

export function changeItem({ change, outcome, reason }: ChangeResult): Item {
  const { action, thing, name, target, fields, losses } = change;
  return { action, thing, name, target, fields, losses, outcome, reason };
}

/** `perm rw → r, retryMaxTimes 16 → 3`; of what is new, the settings alone. */
function changeText({ action, fields }: Item): string {
  const changes = (fields as readonly FieldChange[]).map(({ name, from, to }) => {
    const after = to === null ? "nothing" : settingText(to);
    return action === "create"
      ? `${name} ${after}`
      : `${name} ${from === null ? "nothing" : settingText(from)} → ${after}`;
  });
  return changes.join(", ") || "-";
}

/** Throws for a document that names brokers which are not there. */
export function refuseUnknownBrokers(wanted: Iterable<string>, known: readonly string[]): void {
  const unknown = [...new Set(wanted)].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(
      "MQ-E-NOBROKER",
      exitCode.notFound,
      `the document names the broker ${unknown.join(", ")}; there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`,
      { hint: "--map-broker OLD=NEW puts one in the place of another" },
    );
  }
}
