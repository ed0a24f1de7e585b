/** `mq broker config diff` */
import { gather } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle } from "../../flag.ts";
import { readTextFile } from "../../text-file.ts";
import {
  brokerChoiceFlags,
  chosenBrokers,
  exitFor,
  missingParts,
} from "../cluster/chosen-brokers.ts";
import { masked, readProperties } from "../server-settings.ts";

/** Of these every broker has its own. */
const ownNames =
  /^(broker(Name|Id|IP\d)|listenPort|haListenPort|fastListenPort|storePath.*|haMasterAddress|brokerConfigPath|rocketmqHome|aliasName|autoDetectedBrokerIP|timerLocationPath|brokerIdentity.*)$/i;

interface Source {
  readonly name: string;
  readonly settings: ReadonlyMap<string, string>;
}

export const command = defineCommand({
  spec: {
    path: ["broker", "config", "diff"],
    summary: "show in which settings brokers differ",
    description:
      "Compares the running brokers with each other, or, with --file, each of them with a broker.conf: then only what the\nfile names. Settings that every broker has for itself (names, addresses, paths) are left out unless --all is given.\nSecrets are compared and not shown. Exit code 0, with --exit-code 11 when there are differences.",
    arguments: [],
    flags: {
      file: flag(text(1).optional(), {
        about: "a broker.conf: NAME=VALUE lines",
        value: "FILE",
      }),
      all: toggle("also what every broker has for itself", "a"),
      exitCode: toggle("exit code 11 when there are differences"),
      ...brokerChoiceFlags,
    },
    output: (z) => z.object({ name: z.string(), at: z.string(), value: z.string().nullable() }),
    examples: [
      "mq broker config diff",
      "mq broker config diff --file /etc/mq/broker.conf --broker broker-a --exit-code",
    ],
  },
  async run(context, { flags }) {
    const { admin } = context.client();
    const file = flags.file === undefined ? undefined : propertiesOf(context, flags.file);
    const { answers, failures } = await gather(
      await chosenBrokers(context.client(), flags),
      ({ address }) => admin.brokers.config(address),
    );
    const missing = missingParts(failures);
    const brokers = answers.map(({ broker, value }) => ({
      name: broker.brokerName,
      settings: value,
    }));
    const sources: readonly Source[] =
      file === undefined ? brokers : [{ name: "file", settings: file }, ...brokers];
    const named = file ?? new Map(brokers.flatMap(({ settings }) => [...settings]));
    const names = [...named.keys()].filter((name) => flags.all || !ownNames.test(name)).sort();
    const differing = names.filter((name) => differ(sources, name));
    const shown = sources.map(({ name, settings }) => ({ at: name, settings: masked(settings) }));
    const items = differing.flatMap((name) =>
      shown.map(({ at, settings }) => ({ name, at, value: settings.get(name) ?? null })),
    );
    await context.output.list({
      kind: "BrokerConfigDiff",
      noun: "setting",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "at", head: "AT" },
        { key: "value", head: "VALUE" },
      ],
      items,
      summary: `${differing.length} differences between ${sources.map(({ name }) => name).join(", ")}`,
      missing,
    });
    return (
      exitFor(missing) ?? (flags.exitCode && differing.length > 0 ? exitCode.different : undefined)
    );
  },
});

function differ(sources: readonly Source[], name: string): boolean {
  return new Set(sources.map(({ settings }) => settings.get(name))).size > 1;
}

/** What the file of --file sets. Throws CommandError `MQ-E-USAGE`. */
function propertiesOf({ environment }: CommandContext, path: string): ReadonlyMap<string, string> {
  const content = readTextFile(environment, path);
  if (content === undefined) {
    throw usageError(`--file: ${path} is not there`);
  }
  return readProperties(path, content);
}
