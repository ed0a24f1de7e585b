/** Every arrow rule is proved by a planted fault; a run that inspected nothing must not pass for one. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspectArrows } from "./check-arrows.ts";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A small tree that obeys every rule. */
const soundTree: Readonly<Record<string, string>> = {
  "src/core/error.ts": "export const kinds = 1;",
  "src/core/crc32.ts": 'import { crc32 } from "node:zlib";\nexport const sum = crc32;',
  "src/record/decode.ts": 'import { kinds } from "../core/error.ts";\nexport const record = kinds;',
  "src/io/environment.ts": "export interface Environment { readonly nowMs: number }",
  "src/io/bun/clock.ts": 'import { hrtime } from "node:process";\nexport const clock = hrtime;',
  "src/protocol/remoting/command.ts": 'export { record } from "../../record/decode.ts";',
  "src/store/message-store.ts": "export interface MessageStore { close(): void }",
  "src/store/log-store.ts":
    'import type { MessageStore } from "./message-store.ts";\nexport const store: MessageStore = { close() {} };',
  "src/broker/broker.ts":
    'import type { MessageStore } from "../store/message-store.ts";\nexport const broker = (store: MessageStore) => store;',
  "src/nameserver/nameserver.ts": 'export { kinds } from "../core/error.ts";',
  "src/transport/session.ts": "export const session = 1;",
  "src/transport/remoting/server.ts": 'export { session } from "../session.ts";',
  "src/transport/metaq/server.ts": 'export { session } from "../session.ts";',
  "src/client/index.ts": 'export { record } from "../protocol/remoting/command.ts";',
  "src/app/broker-app.ts":
    'import { broker } from "../broker/broker.ts";\nimport { store } from "../store/log-store.ts";\nexport const app = broker(store);',
  "cli/main.ts":
    'import { clock } from "../src/io/bun/clock.ts";\nimport { list } from "./commands/list.ts";\nlist(clock);',
  "cli/commands/list.ts":
    'import { record } from "../../src/client/index.ts";\nexport const list = (clock: unknown) => [record, clock];',
};

function inspect(planted: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "mq-arrows-"));
  folders.push(root);
  for (const [path, text] of Object.entries({ ...soundTree, ...planted })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
  return inspectArrows(root);
}

test("a tree that obeys the table passes, and every file of it was inspected", () => {
  const fileCount = Object.keys(soundTree).length;
  expect(inspect({})).toEqual({ violations: [], inspectedCount: fileCount, fileCount });
});

const faults: readonly (readonly [rule: string, path: string, text: string])[] = [
  ["layer-core", "src/core/bad.ts", 'export { record } from "../record/decode.ts";'],
  ["layer-record", "src/record/bad.ts", 'export { clock } from "../io/bun/clock.ts";'],
  ["layer-io", "src/io/bad.ts", 'export { record } from "../record/decode.ts";'],
  [
    "layer-protocol",
    "src/protocol/remoting/bad.ts",
    'import type { Environment } from "../../io/environment.ts";\nexport type Bad = Environment;',
  ],
  ["layer-store", "src/store/bad.ts", 'export { broker } from "../broker/broker.ts";'],
  [
    "layer-broker",
    "src/broker/bad.ts",
    'export { record } from "../protocol/remoting/command.ts";',
  ],
  [
    "layer-nameserver",
    "src/nameserver/bad.ts",
    'import type { MessageStore } from "../store/message-store.ts";\nexport type Bad = MessageStore;',
  ],
  ["layer-transport", "src/transport/bad.ts", 'export { store } from "../store/log-store.ts";'],
  ["layer-client", "src/client/bad.ts", 'export { broker } from "../broker/broker.ts";'],
  ["layer-app", "src/app/bad.ts", 'export { list } from "../../cli/commands/list.ts";'],
  [
    "broker-sees-the-port-only",
    "src/broker/reach.ts",
    'import type { store } from "../store/log-store.ts";\nexport type Bad = typeof store;',
  ],
  [
    "transports-do-not-meet",
    "src/transport/metaq/bad.ts",
    'export { session } from "../remoting/server.ts";',
  ],
  [
    "bun-io-is-chosen-at-the-top",
    "src/app/machine.ts",
    'export { clock } from "../io/bun/clock.ts";',
  ],
  ["runtime-modules-stay-in-io", "src/store/fs.ts", 'export { openSync } from "node:fs";'],
  ["runtime-modules-stay-in-io", "cli/commands/bad.ts", 'export { gc } from "bun";'],
  ["libraries-stay-at-the-edge", "src/protocol/remoting/zod.ts", 'export { z } from "zod";'],
  [
    "commands-use-the-public-api",
    "cli/commands/reach.ts",
    'export { record } from "../../src/record/decode.ts";',
  ],
  [
    "nothing-imports-a-test",
    "src/core/test-reach.ts",
    'export { x } from "./x.test.ts";\nexport const y = 1;',
  ],
  [
    "every-file-of-src-has-a-layer",
    "src/utils/bad.ts",
    'export { kinds } from "../core/error.ts";',
  ],
  [
    "the-product-needs-no-workshop",
    "cli/commands/workshop.ts",
    'export { built } from "../../scripts/build.ts";',
  ],
  ["every-file-of-src-has-a-layer", "src/extra/file.ts", 'import "../core/error.ts";'],
  [
    "no-cycles",
    "src/core/one.ts",
    'import type { Two } from "./two.ts";\nexport interface One { readonly two: Two }',
  ],
  ["no-unresolvable-import", "src/core/unresolved.ts", 'export { gone } from "./gone.ts";'],
];

describe("a planted fault is found", () => {
  let violations: readonly string[] = [];

  beforeAll(() => {
    violations = inspect({
      "src/core/x.test.ts": "export const x = 1;",
      "scripts/build.ts": "export const built = 1;",
      "src/core/two.ts":
        'import type { One } from "./one.ts";\nexport interface Two { readonly one: One }',
      "node_modules/zod/package.json": '{ "name": "zod", "main": "index.js" }',
      "node_modules/zod/index.js": "exports.z = 1;",
      "package.json": '{ "dependencies": { "zod": "1.0.0" } }',
      ...Object.fromEntries(faults.map(([, path, text]) => [path, text])),
    }).violations;
  });

  test.each(faults)("%s is enforced on %s", (rule, path) => {
    const found = violations.filter((violation) => violation.startsWith(`${rule}: ${path} `));
    expect(found).not.toEqual([]);
  });
});
