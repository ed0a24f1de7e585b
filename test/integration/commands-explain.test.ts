/** Commands that explain the tool itself, without a server. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

test("errors tells what each code means, with or without its prefix", async () => {
  const all = await runMq(["errors", "-o", "json"]);
  const codes = JSON.parse(all.stdout).items.map(({ code }: { code: string }) => code);
  expect(codes).toEqual([...codes].sort());
  expect(codes).toContain("MQ-E-NOROUTE");
  const one = await runMq(["errors", "noroute", "-o", "table"]);
  expect(one.stdout).toStartWith("MQ-E-NOROUTE\n\nThe nameservers know no broker");
  const other = await runMq(["errors", "MQ-E-NOROUT"]);
  expect([other.exitCode, other.stdout]).toEqual([3, ""]);
  expect(other.stderr).toContain("did you mean MQ-E-NOROUTE?");
});

test("cheat shows the examples of a subject, and names a close one", async () => {
  const topics = await runMq(["cheat", "topic", "-o", "name"]);
  const lines = topics.stdout.trim().split("\n");
  expect(lines).toContain("example/mq topic list");
  expect(lines.every((line) => line.includes("mq topic"))).toBe(true);
  const other = await runMq(["cheat", "topc"]);
  expect([other.exitCode, other.stdout]).toEqual([3, ""]);
  expect(other.stderr).toContain("did you mean mq cheat topic?");
});

test("man prints the page of a command, and all of them into a folder", async () => {
  const page = await runMq(["man", "topic", "list"]);
  expect(page.stdout).toContain("mq\\-topic\\-list \\- list topics");
  expect((await runMq(["man", "mq-topic-list"])).stdout).toBe(page.stdout);
  expect((await runMq(["man", "group-reset-offset"])).stdout).toContain("mq group reset\\-offset");
  expect((await runMq(["man", "nothing"])).exitCode).toBe(3);
  const folder = join(tempFolder(), "man1");
  const written = await runMq(["man", "--folder", folder, "-o", "name"]);
  const pages = readdirSync(folder);
  expect(written.stdout.trim().split("\n").length).toBe(pages.length);
  expect(pages).toContain("mq.1");
  expect(await Bun.file(join(folder, "mq-topic-list.1")).text()).toBe(page.stdout);
});

test.skipIf(Bun.which("groff") === null)("every page is read without a warning", async () => {
  const folder = tempFolder();
  expect((await runMq(["man", "--folder", folder])).exitCode).toBe(0);
  const pages = readdirSync(folder).map((page) => join(folder, page));
  const groff = Bun.spawnSync(["groff", "-man", "-Tutf8", "-ww", "-z", ...pages]);
  expect([groff.exitCode, groff.stderr.toString()]).toEqual([0, ""]);
});

test.skipIf(Bun.which("man") === null)("on a terminal man shows the page", async () => {
  const terminal = new MqOnTerminal(["man", "topic", "list"], { MANPAGER: "cat" });
  await terminal.until("Topics that the nameserver knows");
  expect(await terminal.exited).toBe(0);
  await terminal.close();
});
