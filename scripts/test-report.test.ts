/** The counts of CI come from here, so what a broken run looks like is pinned down. */
import { expect, test } from "bun:test";
import { countTests } from "./test-report.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" failures="1" skipped="1">
  <testsuite name="a.test.ts" file="a.test.ts" tests="4" failures="1" skipped="1">
    <testcase name="holds &lt;so&gt;" classname="" file="a.test.ts" line="2" />
    <testcase name="falls" classname="" file="a.test.ts" line="3">
      <failure type="AssertionError" message="expect(received)">a.test.ts:3</failure>
    </testcase>
    <testsuite name="group" file="a.test.ts" line="4">
      <testcase name="waits &amp; sees" classname="group" file="a.test.ts" line="5">
        <skipped />
      </testcase>
      <testcase name="holds too" classname="group" file="a.test.ts" line="6" />
    </testsuite>
  </testsuite>
  <testsuite name="b.test.ts" file="b.test.ts" tests="1" failures="0" skipped="0">
    <testcase name="holds" classname="" file="b.test.ts" line="2" />
  </testsuite>
</testsuites>`;

test("passed, failed and skipped tests are told apart", () => {
  expect(countTests(report, ["a.test.ts", "b.test.ts"])).toEqual({
    passed: 3,
    failed: 1,
    skipped: 1,
    missingFiles: [],
    skippedTitles: ["a.test.ts: waits & sees"],
  });
});

test("a file that could not be loaded has no entry and counts as failed", () => {
  const counts = countTests(report, ["a.test.ts", "b.test.ts", "c.test.ts"]);
  expect(counts.missingFiles).toEqual(["c.test.ts"]);
  expect(counts.failed).toBe(2);
});

test("without a report every file counts as failed", () => {
  expect(countTests("", ["a.test.ts"])).toMatchObject({ passed: 0, failed: 1 });
});
