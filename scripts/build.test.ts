/** The executable as it was built: what lies in the folder where it is started must not steer it. */
import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../test/support/temp-folder.ts";

const root = join(import.meta.dir, "..");
const executable = join(root, "dist/mq");

function version(folder: string, env: Readonly<Record<string, string>> = {}): string {
  const run = spawnSync(executable, ["version"], { cwd: folder, env, encoding: "utf8" });
  expect(run.stderr).toBe("");
  return run.stdout;
}

test("it carries the version of package.json", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(JSON.parse(version(tempFolder()))).toMatchObject({ version: manifest.version });
});

test("it reads no .env, bunfig.toml or tsconfig.json where it is started", () => {
  const folder = tempFolder();
  const plain = version(folder);
  // The variable would be heard, if it came from the environment.
  expect(version(folder, { MQ_OUTPUT: "yaml" })).not.toBe(plain);
  writeFileSync(join(folder, ".env"), "MQ_OUTPUT=yaml\n");
  writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./planted.ts"]\n');
  writeFileSync(join(folder, "planted.ts"), 'console.log("planted");\n');
  writeFileSync(join(folder, "tsconfig.json"), "no JSON at all");
  expect(version(folder)).toBe(plain);
});
