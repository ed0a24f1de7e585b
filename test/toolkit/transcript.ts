/**
 * What a run of the script printed, as text that a reviewer reads: `$ ` a command, `| ` a line of standard output,
 * `! ` one of standard error, `= ` the exit code.
 */

export interface StepTranscript {
  readonly name: string;
  /** Of standard output, then of standard error, each with its mark; the exit code is the last. */
  readonly lines: readonly string[];
}

export function formatTranscript(steps: readonly StepTranscript[]): string {
  return steps.map(({ name, lines }) => `$ ${name}\n${lines.join("\n")}\n`).join("\n");
}

/** Throws for text that formatTranscript did not make. */
export function parseTranscript(text: string): readonly StepTranscript[] {
  const steps: { readonly name: string; readonly lines: string[] }[] = [];
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const step = steps.at(-1);
    if (line.startsWith("$ ")) {
      steps.push({ name: line.slice(2), lines: [] });
    } else if (step !== undefined && /^[|!=]/.test(line)) {
      step.lines.push(line);
    } else {
      throw new Error(`no line of a transcript: ${line}`);
    }
  }
  return steps;
}

/** What has to change to make one list of lines the other: `-` only in the first, `+` only in the second. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const common = commonLengths(before, after);
  const diff: string[] = [];
  let [left, right] = [0, 0];
  while (left < before.length || right < after.length) {
    if (left < before.length && right < after.length && before[left] === after[right]) {
      left++;
      right++;
    } else if (
      right === after.length ||
      (left < before.length && (common[left + 1]?.[right] ?? 0) >= (common[left]?.[right + 1] ?? 0))
    ) {
      diff.push(`-${before[left++]}`);
    } else {
      diff.push(`+${after[right++]}`);
    }
  }
  return diff;
}

/** Length of the longest common subsequence of the rests from each pair of places. */
function commonLengths(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly number[])[] {
  const table = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      const row = table[left] ?? [];
      row[right] =
        before[left] === after[right]
          ? (table[left + 1]?.[right + 1] ?? 0) + 1
          : Math.max(table[left + 1]?.[right] ?? 0, row[right + 1] ?? 0);
    }
  }
  return table;
}
