/** Carries a plan out: shown first, agreed to, done one by one, and looked at again afterwards. */
import { type Client, orderNamespace } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import type { FlagValues } from "../../flag.ts";
import type { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { deleteRoutes } from "../topic/topic-deletion.ts";
import {
  type Change,
  type ChangeResult,
  carriedOut,
  changeColumns,
  changeItem,
  exitOf,
  planned,
} from "./change.ts";
import { type ClusterState, readCluster } from "./cluster-state.ts";
import { type MetadataDocument, settingText } from "./document.ts";

export interface Plan {
  readonly kind: string;
  readonly changes: readonly Change[];
  /** What would still have to be done: asked once more when everything was carried out. */
  readonly left: () => Promise<readonly Change[]>;
}

/** Resolves with the exit code; nothing is done in a dry run, or when somebody says no. */
export async function carryOut(context: CommandContext, plan: Plan): Promise<ExitCode | undefined> {
  const { output, global } = context;
  const { changes } = plan;
  const work = changes.filter(({ action }) => action !== "keep");
  const losses = [...new Set(work.flatMap((change) => change.losses))];
  for (const loss of losses) {
    output.note(`warning: ${loss}`);
  }
  if (global.dryRun || work.length === 0) {
    await showResults(context, plan.kind, changes.map(planned));
    output.note(work.length === 0 ? "nothing to do" : "dry run: nothing changed");
    return undefined;
  }
  if (!output.isJson) {
    await showResults(context, plan.kind, changes.map(planned));
  }
  if (!(await context.confirm(question(work)))) {
    output.note("nothing changed");
    return exitCode.precondition;
  }
  const results = await allCarriedOut(context, changes);
  // RocketMQ 4 takes the order of a topic only once the topic is there.
  for (const change of refusedBy(results, await plan.left())) {
    await carriedOut(context.client(), change);
  }
  const checked = withRefusals(results, await plan.left());
  await showResults(context, plan.kind, checked);
  return context.signal.aborted ? exitCode.interrupted : exitOf(checked);
}

/** Reads what a document's sections speak of. */
export async function readConcerned(
  client: Client,
  brokers: FlagValues<typeof brokerChoiceFlags>,
  document: MetadataDocument,
  withOffsets = false,
): Promise<ClusterState> {
  const namespaces = (document.keyValues ?? []).map(({ namespace }) => namespace);
  return await readCluster(client, {
    brokers,
    namespaces:
      document.keyValues === undefined ? [] : [...new Set([orderNamespace, ...namespaces])],
    withOffsets,
  });
}

export async function showResults(
  { output }: CommandContext,
  kind: string,
  results: readonly ChangeResult[],
): Promise<void> {
  const counts = new Map<string, number>();
  for (const { outcome } of results) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  await output.list({
    kind,
    noun: "change",
    nameKey: "name",
    columns: changeColumns,
    items: results.map(changeItem),
    summary:
      [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ") || "no difference",
  });
}

async function allCarriedOut(
  context: CommandContext,
  changes: readonly Change[],
): Promise<readonly ChangeResult[]> {
  const client = context.client();
  const results: ChangeResult[] = [];
  for (const change of changes) {
    results.push(
      context.signal.aborted
        ? { change, outcome: "failed", reason: "it was not begun" }
        : await carriedOut(client, change),
    );
  }
  await dropRoutes(context, results);
  return results;
}

/** Routes of deleted topics, unless a broker keeps one. */
async function dropRoutes(
  context: CommandContext,
  results: readonly ChangeResult[],
): Promise<void> {
  const deleted = results.filter(
    ({ change, outcome }) => change.thing === "topic" && outcome === "deleted",
  );
  const client = context.client();
  const brokers = deleted.length === 0 ? [] : await client.admin.cluster.brokers();
  for (const name of new Set(deleted.map(({ change }) => change.name))) {
    const at = new Set(
      deleted.filter(({ change }) => change.name === name).map(({ change }) => change.target),
    );
    const gone = brokers.filter(({ brokerName }) => at.has(brokerName));
    for (const { address, error } of await deleteRoutes(client, name, gone)) {
      context.output.note(`${address} keeps the route of ${name}: ${error.message}`);
    }
  }
}

/** Changes that are still to be made although somebody said that they were. */
function refusedBy(results: readonly ChangeResult[], left: readonly Change[]): readonly Change[] {
  return results
    .filter(({ outcome }) => outcome !== "failed" && outcome !== "kept")
    .flatMap(({ change }) => left.find((rest) => isSameThing(rest, change)) ?? []);
}

/** A broker may say yes and leave a setting as it was, because it does not know it. */
function withRefusals(
  results: readonly ChangeResult[],
  left: readonly Change[],
): readonly ChangeResult[] {
  return results.map((result) => {
    const { change, outcome } = result;
    const rest = left.find((each) => isSameThing(each, change));
    if (rest === undefined || outcome === "failed" || outcome === "kept") {
      return result;
    }
    const fields = rest.fields.map(({ name, from }) =>
      from === null ? name : `${name} is ${settingText(from)}`,
    );
    const reason = `it said yes, but ${fields.join(", ") || "it is there again"}`;
    return { change, outcome: "failed", reason };
  });
}

function isSameThing(rest: Change, { thing, name, target }: Change): boolean {
  return (
    rest.thing === thing && rest.name === name && rest.target === target && rest.action !== "keep"
  );
}

function question(work: readonly Change[]): string {
  const count = (action: Change["action"]): number =>
    work.filter((change) => change.action === action).length;
  const parts = (
    [
      ["create", "made"],
      ["update", "changed"],
      ["delete", "DELETED"],
    ] as const
  ).flatMap(([action, word]) => (count(action) === 0 ? [] : [`${count(action)} ${word}`]));
  return `Go on? ${parts.join(", ")}`;
}
