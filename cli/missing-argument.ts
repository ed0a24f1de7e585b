/** Asks at a terminal for the name that a command wants and nobody typed: one of those that there are. */
import type { Client } from "../src/client/index.ts";
import type { ProcessPort } from "../src/io/process.ts";
import type { Terminal } from "../src/io/terminal.ts";
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { isSystemGroup } from "./commands/group/group-names.ts";
import { topicNames } from "./commands/topic/ordinary-topics.ts";
import { liveNames } from "./live-names.ts";
import { argumentsAmong, type ParsedCommand } from "./parse.ts";
import { profileNames } from "./profile/config-layers.ts";
import { canPrompt } from "./prompting.ts";

export interface AskingPlace {
  readonly terminal: Terminal;
  readonly process: ProcessPort;
  /** Reads the words by a spec, as the command itself will; with the client that it would have. */
  read(spec: CommandSpec): { readonly parsed: ParsedCommand; readonly client: () => Client };
}

/** More names than this are not to be looked through. */
const namesMax = 5_000;

/**
 * The words with what was chosen; as they are where nothing that can be chosen is missing, or nobody can be asked. Undefined
 * when the question was left.
 */
export async function withMissingArgument(
  spec: CommandSpec,
  words: readonly string[],
  place: AskingPlace,
): Promise<readonly string[] | undefined> {
  const missing = missingArgument(spec, words);
  if (missing === undefined) {
    return words;
  }
  const wanted = (spec.arguments ?? []).map((each) => ({ ...each, isOptional: true }));
  const { parsed, client } = place.read({ ...spec, arguments: wanted });
  const { terminal, process } = place;
  if (parsed.wantsHelp !== undefined || !canPrompt({ terminal, process, global: parsed.global })) {
    return words;
  }
  const names = await namesFor(missing, process, client).catch(() => []);
  if (names.length === 0 || names.length > namesMax) {
    return words;
  }
  const chosen = await terminal.choose(`${missing.name}: ${missing.about}`, names);
  return chosen === undefined ? undefined : [...words, chosen];
}

/** The argument that comes next, when it is one of those that can be chosen and the last that is needed. */
function missingArgument(spec: CommandSpec, words: readonly string[]): ArgumentSpec | undefined {
  const typed = spec.takesCommand === true ? undefined : argumentsAmong(spec, words);
  const needed = (spec.arguments ?? []).filter(({ isOptional }) => isOptional !== true);
  const missing = needed[typed?.length ?? needed.length];
  const isLast = typed?.length === needed.length - 1;
  return spec.isVerbatim !== true && isLast && missing?.completes !== undefined
    ? missing
    : undefined;
}

async function namesFor(
  { completes }: ArgumentSpec,
  process: ProcessPort,
  client: () => Client,
): Promise<readonly string[]> {
  switch (completes) {
    case "profile":
      return profileNames(process);
    case "topic":
      return (await topicNames(client().admin)).ordinary;
    case "group": {
      const names = await liveNames("group", client());
      return names.filter((name) => !isSystemGroup(name)).toSorted();
    }
    case "broker":
      return [...new Set(await liveNames("broker", client()))].toSorted();
    default:
      return [];
  }
}
