/** The compiled modules are those of the sources beside them; otherwise run `make wasm`. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { batchStamp } from "../src/record/batch-wasm.ts";
import { stretchStamp } from "../src/store/index/stretch-wasm.ts";
import { passes, stampOf } from "./wasm.ts";

const root = join(import.meta.dir, "..");

const stamps = { batch: batchStamp, stretch: stretchStamp };

for (const { source, target, name } of passes) {
  test(`${target} was made from ${source}`, () => {
    expect(stamps[name]).toBe(stampOf(readFileSync(join(root, source), "utf8")));
  });
}
