/** The compiled modules are those of the sources beside them; otherwise run `make wasm`. */
import { expect, test } from "bun:test";

import { batchStamp } from "../src/record/batch-wasm.ts";
import { checkStamp } from "../src/record/check-wasm.ts";
import { stretchStamp } from "../src/store/index/stretch-wasm.ts";
import { passes, stampOf } from "./wasm.ts";

const stamps = { batch: batchStamp, stretch: stretchStamp, check: checkStamp };

for (const { source, target, name } of passes) {
  test(`${target} was made from ${source}`, () => {
    expect(stamps[name]).toBe(stampOf(source));
  });
}
