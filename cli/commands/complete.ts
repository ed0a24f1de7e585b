/**
 * `mq __complete -- LINE`: what the completion of bash, zsh and fish asks at each Tab. The same engine as the shell's;
 * it says nothing on errors, because a line that is being typed is rarely whole.
 */
import { type CommandContext, defineCommand } from "../command.ts";
import { profileNames } from "../profile/config-layers.ts";
import { Completion } from "../shell/completion.ts";
import { Names } from "../shell/names.ts";
import { openWord } from "../shell/words.ts";

export const command = defineCommand({
  spec: {
    path: ["__complete"],
    summary: "print what may stand at the end of a line",
    description:
      "For the scripts of mq completion: the line up to the cursor, without the word mq.",
    arguments: [{ name: "LINE", about: "what was typed so far", isOptional: true, isMany: true }],
    flags: {},
    output: (z) => z.object({ candidate: z.string() }),
    examples: ["mq __complete -- 'topic desc'"],
  },
  async run(context, { arguments: words }) {
    for (const candidate of await candidates(context, words.join(" "))) {
      context.terminal.write(`${candidate}\n`);
    }
    return undefined;
  },
});

async function candidates(context: CommandContext, line: string): Promise<readonly string[]> {
  try {
    const { environment, runner } = context;
    const client = context.clientAt(nameserverIn(openWord(line)?.before ?? []));
    const names = new Names({ clock: environment.clock, client: () => client });
    const completion = new Completion({
      commands: runner.commands,
      names,
      profiles: () => profileNames(context.process),
      disk: environment.disk,
      hasBuiltins: false,
    });
    const [found] = await completion.complete(line);
    return found;
  } catch {
    return [];
  }
}

/** The nameservers that the line itself names. */
function nameserverIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "-n" || word === "--nameserver");
  const assigned = words.find((word) => word.startsWith("--nameserver="));
  return (at < 0 ? undefined : words[at + 1]) ?? assigned?.slice("--nameserver=".length);
}
