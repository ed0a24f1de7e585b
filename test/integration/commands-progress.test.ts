/** The bar of long work, as a person sees it, and nobody else. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { unpackStore } from "../support/rocketmq-stores.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const environment = { TZ: "UTC" };

test("whoever looks at a terminal sees how far a verification is, unless --quiet is given", async () => {
  const backups = join(tempFolder(), "backups");
  const { folder: store } = unpackStore("5.5.0", "main-clean");
  const made = await runMq(["backup", "create", "--store", store, "--to", backups]);
  expect(made.exitCode).toBe(0);
  const words = ["backup", "verify", "--from", backups, "-o", "name"];
  for (const [more, isShown] of [
    [[], true],
    [["--quiet"], false],
  ] as const) {
    const terminal = new MqOnTerminal([...words, ...more], environment);
    await terminal.until("backup/");
    expect(await terminal.exited).toBe(0);
    expect(terminal.screen.includes("checked  [")).toBe(isShown);
    expect(terminal.raw.includes("\r\u001b[K")).toBe(isShown);
    await terminal.close();
  }
  expect((await runMq(words, { environment })).stderr).not.toContain("checked");
});

test("a store's check shows its bar at a terminal alone, and takes it away", async () => {
  const { folder: store } = unpackStore("5.5.0", "main-clean");
  const words = ["segment", "verify", store];
  const terminal = new MqOnTerminal(words, environment);
  await terminal.until("no damage");
  expect(await terminal.exited).toBe(0);
  expect(terminal.raw).toContain("checked  [");
  expect(terminal.raw.lastIndexOf("\r\u001b[K")).toBeGreaterThan(
    terminal.raw.lastIndexOf("checked  ["),
  );
  await terminal.close();
  expect((await runMq(words, { environment })).stderr).not.toContain("checked  [");
});
