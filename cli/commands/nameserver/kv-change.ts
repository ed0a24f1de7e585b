/** Setting and dropping a value of the nameservers' table: at each of them, since they do not talk to each other. */
import type { CommandContext } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import type { ExitCode } from "../../exit-code.ts";
import { changeSettings } from "../setting-plan.ts";
import { askNameservers } from "./each-nameserver.ts";

export interface ValueChange {
  readonly kind: string;
  readonly namespace: string;
  readonly key: string;
  /** Undefined drops it. */
  readonly value: string | undefined;
  readonly question: string;
  /** What the rows are called; the key unless told. */
  readonly setting?: string;
}

/** Plan, question, change. Throws CommandError `MQ-E-NOTFOUND` where nothing is there to be dropped. */
export async function changeValue(
  context: CommandContext,
  { kind, namespace, key, value, question, setting = `${namespace}/${key}` }: ValueChange,
): Promise<ExitCode | undefined> {
  const client = context.client();
  const { nameservers } = client.admin;
  const { answers, missing } = await askNameservers(client, (nameserver) =>
    nameservers.value(nameserver, { namespace, key }),
  );
  if (value === undefined && answers.every((each) => each.value === undefined)) {
    throw notFound(
      `no nameserver has '${key}' in '${namespace}'`,
      `mq nameserver kv list ${namespace}`,
    );
  }
  return await changeSettings(context, {
    kind,
    noun: "key",
    name: key,
    places: answers.map(({ nameserver, value: before }) => ({
      at: nameserver,
      address: nameserver,
      changes: [{ setting, before: before ?? null, after: value ?? null }],
      apply: () =>
        value === undefined
          ? nameservers.deleteValue(nameserver, { namespace, key })
          : nameservers.setValue(nameserver, { namespace, key, value }),
    })),
    question,
    missing,
  });
}
