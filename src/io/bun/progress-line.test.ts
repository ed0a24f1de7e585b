/** The bar of long work: what it says, how often it is drawn, and that it leaves nothing behind. */
import { expect, test } from "bun:test";
import { ProgressLine } from "./progress-line.ts";

function bar(max: number, columns = 80) {
  let nowMs = 0;
  const printed: string[] = [];
  const line = new ProgressLine(
    { max, label: "copied" },
    { print: (text) => printed.push(text), columns: () => columns, nowMs: () => nowMs },
  );
  return { line, printed, at: (ms: number) => (nowMs = ms) };
}
const clear = "\r\u001b[K";

test("it says how far the work is and how long the rest takes", () => {
  const { line, printed, at } = bar(200);
  at(2_000);
  line.advance(50, "1.0 MiB/s");
  expect(printed).toEqual([
    "\rcopied  [######..................]  25 %  1.0 MiB/s  6 s left\u001b[K",
  ]);
  at(300_000);
  line.advance(50);
  expect(printed.at(-1)).toContain("50 %  1.0 MiB/s  5:00 min left");
});

test("it is drawn ten times a second at most, and never wider than the terminal", () => {
  const { line, printed, at } = bar(1_000, 20);
  for (let ms = 0; ms < 1_000; ms++) {
    at(ms);
    line.advance(1);
  }
  expect(printed).toHaveLength(10);
  expect(printed[0]).toBe("\rcopied  [..........\u001b[K");
});

test("more than was expected is no more than everything, and nothing to do is no division", () => {
  const more = bar(10);
  more.line.advance(25);
  expect(more.printed[0]).toContain("100 %");
  const none = bar(0);
  none.line.advance(0);
  expect(none.printed[0]).toContain("  0 %");
});

test("it makes room for notes, comes back, and leaves nothing when it stops", () => {
  const { line, printed } = bar(10);
  line.advance(1);
  line.hide();
  line.hide();
  expect(printed.slice(1)).toEqual([clear]);
  line.advance(1);
  line.stop("done");
  line.stop("done");
  line.advance(1);
  expect(printed.slice(3)).toEqual([clear, "done\n"]);
});
