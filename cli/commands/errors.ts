/** `mq errors [CODE]`: what an error's code means, from the table that the errors use. */
import { defineCommand } from "../command.ts";
import { notFound } from "../command-error.ts";
import { closestWord } from "../did-you-mean.ts";
import { type ErrorAbout, errorTable } from "../error-table.ts";

export const command = defineCommand({
  spec: {
    path: ["errors"],
    summary: "explain the codes of errors",
    description: "What each code means and what to do about it. MQ-E- may be left out.",
    arguments: [{ name: "CODE", about: "one code; all without", isOptional: true }],
    flags: {},
    output: (z) => z.object({ code: z.string(), means: z.string(), todo: z.string() }),
    examples: ["mq errors", "mq errors MQ-E-NOROUTE", "mq errors noroute -o json"],
  },
  async run({ output }, { arguments: [asked] }) {
    const all = Object.entries<ErrorAbout>(errorTable);
    if (asked === undefined) {
      await output.list({
        kind: "ErrorList",
        noun: "error",
        nameKey: "code",
        columns: [
          { key: "code", head: "CODE" },
          { key: "means", head: "MEANS" },
          { key: "todo", head: "WHAT TO DO", isWide: true },
        ],
        items: all.map(([code, about]) => ({ code, ...about })),
        summary: `${all.length} codes; mq errors CODE tells what to do`,
      });
      return undefined;
    }
    const code = `MQ-E-${asked.toUpperCase().replace(/^MQ-E-/, "")}`;
    const found = all.find(([known]) => known === code);
    if (found === undefined) {
      const meant = closestWord(
        code,
        all.map(([known]) => known),
      );
      throw notFound(
        `'${asked}' is no code of an error`,
        meant === undefined ? "mq errors lists them" : `did you mean ${meant}?`,
      );
    }
    const [, { means, todo }] = found;
    output.item("Error", { code, means, todo }, { text: `${code}\n\n${means}\n${todo}\n` });
    return undefined;
  },
});
