/** Commands that explain the tool itself, without a server. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { runMq } from "../support/mq-command.ts";

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
