/** Counts what passed, failed and was skipped; failures are printed where they happen. */
import type { Finding } from "./observations.ts";

const detailShown = 1_500;

export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly #print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  count(where: string, finding: Finding): void {
    if (finding.isOk) {
      this.passed++;
    } else {
      this.failed++;
      this.#print(`FAILED ${where}: ${finding.what}: ${finding.detail.slice(0, detailShown)}`);
    }
  }

  skip(): void {
    this.skipped++;
  }
}
