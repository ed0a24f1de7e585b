/** Archives that other tools read. */
import { expect, test } from "bun:test";
import { tarBlockBytes, tarEnd, tarHeader, tarPadding } from "./tar.ts";

test("the system's tar lists and unpacks what was written, long paths too", async () => {
  const long = `${"folder/".repeat(20)}${"n".repeat(90)}`;
  const files = new Map([
    ["root/a.txt", "hello\n"],
    ["root/empty", ""],
    ["root/block", "x".repeat(tarBlockBytes)],
    [long, "deep"],
  ]);
  const parts = [...files].flatMap(([path, text]) => [
    tarHeader(path, text.length, 1_700_000_000_000),
    Buffer.from(text),
    tarPadding(text.length),
  ]);
  const archive = new Blob([...parts, tarEnd]);
  const listed = Bun.spawn(["tar", "-tf", "-"], { stdin: archive, stdout: "pipe" });
  expect((await new Response(listed.stdout).text()).trim().split("\n")).toEqual([...files.keys()]);
  for (const [path, text] of files) {
    const read = Bun.spawn(["tar", "-xOf", "-", path], { stdin: archive, stdout: "pipe" });
    expect(await new Response(read.stdout).text()).toBe(text);
  }
});

test("a path that the format does not hold is refused", () => {
  expect(() => tarHeader("n".repeat(101), 0, 0)).toThrow("no archive holds");
  expect(() => tarHeader(`${"f".repeat(160)}/n`, 0, 0)).toThrow("no archive holds");
});
