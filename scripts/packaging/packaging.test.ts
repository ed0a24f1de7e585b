/** Units and Dockerfile: they run commands that are there, systemd accepts them, and `mq` is PID 1. */
import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandList } from "../../cli/command-list.ts";
import { commands } from "../../cli/commands/index.ts";
import { parseCommand } from "../../cli/parse.ts";
import { tempFolder } from "../../test/support/temp-folder.ts";

const units = join(import.meta.dir, "systemd");
const executable = join(import.meta.dir, "../../dist/mq");
const list = new CommandList(commands);

async function expectCommand(words: readonly string[]): Promise<void> {
  const found = list.find(words);
  expect([words.join(" "), found?.length]).toEqual([words.join(" "), 2]);
  const spec = (await found?.entry.load())?.spec;
  expect(() => spec && parseCommand(spec, words.slice(found?.length), {})).not.toThrow();
}

test("each unit starts a command with flags that it takes", async () => {
  expect(readdirSync(units).length).toBe(3);
  for (const unit of readdirSync(units)) {
    const start = /^ExecStart=\/usr\/bin\/mq (.*)$/m.exec(readFileSync(join(units, unit), "utf8"));
    await expectCommand((start?.[1] ?? "").split(" "));
  }
});

test.skipIf(Bun.which("systemd-analyze") === null)("systemd accepts each unit", () => {
  const folder = tempFolder();
  for (const unit of readdirSync(units)) {
    const text = readFileSync(join(units, unit), "utf8").replace("/usr/bin/mq", executable);
    writeFileSync(join(folder, unit), text);
    // The manual page is installed with the package, which is not here.
    const words = ["verify", "--man=no", "--recursive-errors=no", join(folder, unit)];
    const { status, stderr } = spawnSync("systemd-analyze", words, { encoding: "utf8" });
    expect([unit, status, stderr]).toEqual([unit, 0, ""]);
  }
});

test("in the container mq itself is PID 1, with a command that is there", async () => {
  const text = readFileSync(join(import.meta.dir, "docker/Dockerfile"), "utf8");
  const words = (name: string): string[] =>
    JSON.parse(new RegExp(`^${name} (\\[.*\\])$`, "m").exec(text)?.[1] ?? "[]");
  // The form in brackets: without it a shell is PID 1, which hands no signal on.
  expect(words("ENTRYPOINT")).toEqual(["/usr/bin/mq"]);
  await expectCommand(words("CMD"));
});
