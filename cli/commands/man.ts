/** `mq man [COMMAND…]`: the man page of a command, or all of them into a folder. */
import { joinPath } from "../../src/io/disk.ts";
import { type CommandContext, type CommandEntry, defineCommand } from "../command.ts";
import { CommandError, notFound } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { flag, text } from "../flag.ts";
import { commandPage, overviewPage, pageName } from "../man-page.ts";

export const command = defineCommand({
  spec: {
    path: ["man"],
    summary: "show or write man pages",
    description:
      "On a terminal man shows the page; elsewhere its source is printed. Pages are named as commands are, with hyphens:\nmq-topic-list.",
    arguments: [
      {
        name: "COMMAND",
        about: "its words; without, the overview",
        isOptional: true,
        isMany: true,
      },
    ],
    flags: {
      folder: flag(text(1).optional(), {
        about: "write every page into the folder, in place of showing one",
        value: "DIR",
        completes: "folder",
      }),
    },
    output: (z) => z.object({ page: z.string(), path: z.string() }),
    examples: ["mq man topic tail", "mq man --folder /usr/local/share/man/man1"],
  },
  async run(context, { arguments: words, flags }) {
    const { commands } = context.runner;
    const entries = commands.under([]);
    if (flags.folder !== undefined) {
      await writeAll(context, flags.folder, entries);
      return undefined;
    }
    const asked = pageName(words[0] === "mq" ? words.slice(1) : words).replace(/^mq-mq-/, "mq-");
    const entry = entries.find(({ path }) => pageName(path) === asked);
    if (entry === undefined && asked !== "mq") {
      throw notFound(`there is no page '${words.join(" ")}'`, "mq man lists the commands");
    }
    const page =
      entry === undefined ? overviewPage(entries) : commandPage((await entry.load()).spec);
    if (!context.terminal.isOutputTerminal) {
      context.terminal.write(page);
      return undefined;
    }
    const pipe = context.process.pipeToShell("man -l -");
    pipe.write(page);
    const code = await pipe.end();
    if (code !== exitCode.success) {
      throw new CommandError("MQ-E-FAILED", exitCode.failed, `man ended with code ${code}`, {
        hint: "--help behind the command says the same; mq man COMMAND > FILE prints the source",
      });
    }
    return undefined;
  },
});

async function writeAll(
  { environment: { disk }, output, global }: CommandContext,
  folder: string,
  entries: readonly CommandEntry[],
): Promise<void> {
  const specs = await Promise.all(entries.map(async ({ load }) => (await load()).spec));
  const pages = [
    ["mq", overviewPage(entries)] as const,
    ...specs.map((spec) => [pageName(spec.path), commandPage(spec)] as const),
  ];
  if (!global.dryRun) {
    disk.makeFolder(folder);
  }
  const items = pages.map(([page, source]) => {
    const path = joinPath(folder, `${page}.1`);
    if (!global.dryRun) {
      const bytes = Buffer.from(source);
      const file = disk.open(path, "create");
      file.truncate(0);
      file.write(bytes, 0, bytes.length, 0);
      file.close();
    }
    return { page, path };
  });
  await output.list({
    kind: "ManPages",
    noun: "page",
    nameKey: "page",
    columns: [
      { key: "page", head: "PAGE" },
      { key: "path", head: "PATH" },
    ],
    items,
    summary: `${items.length} pages`,
  });
}
