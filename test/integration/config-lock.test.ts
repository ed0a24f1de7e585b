/** Changes of the configuration by several processes at once: none is lost. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

test("profiles that are created at once, and a setting, are all there afterwards", async () => {
  const environment = { XDG_CONFIG_HOME: tempFolder(), XDG_STATE_HOME: tempFolder() };
  const names = Array.from({ length: 16 }, (_, index) => `p${index + 10}`);
  const finished = await Promise.all([
    ...names.map((name) =>
      runMq(["profile", "create", name, "--at", "127.0.0.1:9876"], { environment }),
    ),
    runMq(["config", "set", "timeout", "4s"], { environment }),
  ]);
  expect(finished.map(({ exitCode }) => exitCode)).toEqual(finished.map(() => 0));
  const rows = await mqRows("profile list", [], { environment });
  expect(rows.map(({ name }) => name).sort()).toEqual(names);
  const shown = await runMq(["config", "show", "-o", "json"], { environment });
  expect(shown.stdout).toContain("4s");
});
