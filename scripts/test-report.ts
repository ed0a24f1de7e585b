/**
 * Counts from the JUnit report of `bun test`.
 *
 * A file that cannot be loaded has no entry there, and one whose process died has none either: files that
 * exist and are not reported count as failed, so a run that tested nothing cannot look like success.
 */

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Test files without an entry in the report. */
  readonly missingFiles: readonly string[];
  /** Titles of skipped tests, for the loud part. */
  readonly skippedTitles: readonly string[];
}

/** Reads the report's text against the test files that had to run. */
export function countTests(report: string, files: readonly string[]): TestCounts {
  const reported = new Set<string>();
  const skippedTitles: string[] = [];
  let testCount = 0;
  let failed = 0;
  for (const match of report.matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const [, attributes = "", , content = ""] = match;
    testCount++;
    reported.add(attribute(attributes, "file"));
    if (/<(failure|error)[\s>/]/.test(content)) {
      failed++;
    } else if (/<skipped[\s>/]/.test(content)) {
      skippedTitles.push(`${attribute(attributes, "file")}: ${attribute(attributes, "name")}`);
    }
  }
  const missingFiles = files.filter((file) => !reported.has(file));
  return {
    passed: testCount - failed - skippedTitles.length,
    failed: failed + missingFiles.length,
    skipped: skippedTitles.length,
    missingFiles,
    skippedTitles,
  };
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return value
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
