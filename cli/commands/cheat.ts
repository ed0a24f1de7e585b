/** `mq cheat [SUBJECT]`: the examples of all commands, by the word that they begin with. */
import { defineCommand } from "../command.ts";
import { notFound } from "../command-error.ts";
import { closestWord } from "../did-you-mean.ts";

export const command = defineCommand({
  spec: {
    path: ["cheat"],
    summary: "show examples by subject",
    description: "The examples of every command's help in one place.",
    arguments: [{ name: "SUBJECT", about: "topic, group, segment, …", isOptional: true }],
    flags: {},
    output: (z) => z.object({ example: z.string(), about: z.string() }),
    examples: ["mq cheat", "mq cheat topic", "mq cheat group -o name"],
  },
  async run({ output, runner }, { arguments: [subject] }) {
    const entries = runner.commands.under(subject === undefined ? [] : [subject]);
    if (entries.length === 0) {
      const subjects = runner.commands.under([]).map(({ path }) => path[0] ?? "");
      const meant = closestWord(subject ?? "", [...new Set(subjects)]);
      throw notFound(
        `there are no commands about '${subject}'`,
        meant === undefined ? "mq cheat shows all" : `did you mean mq cheat ${meant}?`,
      );
    }
    const specs = await Promise.all(entries.map(async ({ load }) => (await load()).spec));
    const items = specs.flatMap(({ summary, examples }) =>
      examples.map((example) => ({ example, about: summary })),
    );
    await output.list({
      kind: "ExampleList",
      noun: "example",
      nameKey: "example",
      columns: [
        { key: "example", head: "EXAMPLE" },
        { key: "about", head: "WHAT IT DOES" },
      ],
      items,
    });
    return undefined;
  },
});
