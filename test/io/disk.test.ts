/** What the machine's disk says of holes, and that hints change nothing that is read. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { tempFolder } from "../support/temp-folder.ts";

const { disk } = createBunEnvironment({ level: "error", format: "text" });
const mebibyte = 1 << 20;

test("data is found behind a hole, and none behind the last", () => {
  const file = disk.open(join(tempFolder(), "sparse"), "create");
  file.truncate(64 * mebibyte);
  const written = Buffer.from("record");
  file.write(written, 0, written.length, 40 * mebibyte + 5);
  const found = file.nextData(0);
  // A system that cannot tell says the position itself; one that can, the block that was written.
  expect(found === 0 || found === 40 * mebibyte).toBe(true);
  expect(file.nextData(40 * mebibyte + 7)).toBe(40 * mebibyte + 7);
  const behind = file.nextData(50 * mebibyte);
  expect(behind === 50 * mebibyte || behind === 64 * mebibyte).toBe(true);
  expect(file.nextData(64 * mebibyte)).toBe(64 * mebibyte);
  expect(file.nextData(65 * mebibyte)).toBe(65 * mebibyte);
  if (process.platform === "linux") {
    expect([found, behind]).toEqual([40 * mebibyte, 64 * mebibyte]);
  }
  file.close();
});

test("reading ahead changes nothing, wherever it is asked for", () => {
  const file = disk.open(join(tempFolder(), "short"), "create");
  const written = Buffer.from("record");
  file.write(written, 0, written.length, 0);
  for (const [position, bytes] of [
    [0, 6],
    [0, 64 * mebibyte],
    [mebibyte, 6],
    [3, 0],
  ] as const) {
    file.readAhead(position, bytes);
  }
  const found = Buffer.alloc(10);
  expect(file.readInto(found, 0, 10, 0)).toBe(6);
  expect(found.toString("latin1", 0, 6)).toBe("record");
  file.close();
  expect(() => file.readAhead(0, 6)).toThrow();
  expect(() => file.nextData(0)).toThrow();
});
