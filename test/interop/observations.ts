/**
 * What servers answered, compared. `observations.json` holds what a real RocketMQ 5.5.0 answered to each client;
 * `differences.json` holds where mq answers otherwise, and why. A difference that is not listed fails, and so
 * does one that is listed and gone, or that no longer answers what the list says.
 */
import { isDeepStrictEqual } from "node:util";

/** Values of one observation by variant; one value under `all` when the variants agree. */
export type Values = Readonly<Record<string, unknown>>;
export type Observations = Readonly<Record<string, Values>>;

export interface Difference {
  readonly observation: string;
  /** Which clients see it; every one when absent. */
  readonly variants?: readonly string[];
  readonly mq: unknown;
  readonly reason: string;
}

export interface Finding {
  readonly what: string;
  readonly isOk: boolean;
  readonly detail: string;
}

/** Observations as they come in, by variant. */
export class ObservationLog {
  readonly #values = new Map<string, Map<string, unknown>>();

  add(variant: string, what: string, value: unknown): void {
    const values = this.#values.get(what) ?? new Map<string, unknown>();
    values.set(variant, value);
    this.#values.set(what, values);
  }

  /** Observations that at least one variant made, in the order of their names. */
  names(): readonly string[] {
    return [...this.#values.keys()].sort();
  }

  valueOf(variant: string, what: string): { readonly value: unknown } | undefined {
    const values = this.#values.get(what);
    return values?.has(variant) === true ? { value: values.get(variant) } : undefined;
  }

  /** For the file: a value that all variants saw is written once. */
  toObservations(variants: readonly string[]): Observations {
    return Object.fromEntries(
      this.names().map((what) => {
        const values = [...(this.#values.get(what) ?? [])];
        const first = values[0]?.[1];
        const isShared =
          values.length === variants.length &&
          values.every(([, value]) => isDeepStrictEqual(value, first));
        return [what, isShared ? { all: first } : Object.fromEntries(values.sort(byVariant))];
      }),
    );
  }
}

/** Answers must be those on file, but for the listed differences; a real server's list is empty. */
export function compareAll(
  log: ObservationLog,
  variants: readonly string[],
  expected: Observations,
  differences: readonly Difference[],
): readonly Finding[] {
  return variants.flatMap((variant) =>
    Object.keys(expected).map((what) => {
      const theirs = expectedValue(expected, variant, what);
      const ours = log.valueOf(variant, what);
      const listed = differences.find(
        (each) => each.observation === what && (each.variants?.includes(variant) ?? true),
      );
      return { what: `${variant}, ${what}`, ...judge(theirs, ours, listed) };
    }),
  );
}

/** Observations that are not on file: the file is older than the program. */
export function unknownObservations(
  log: ObservationLog,
  expected: Observations,
): readonly Finding[] {
  return log
    .names()
    .filter((what) => expected[what] === undefined)
    .map((what) => ({ what, isOk: false, detail: "is not in observations.json" }));
}

/** Listed differences of observations that nobody makes. */
export function strayDifferences(
  differences: readonly Difference[],
  expected: Observations,
): readonly Finding[] {
  return differences
    .filter(({ observation }) => expected[observation] === undefined)
    .map(({ observation }) => ({
      what: observation,
      isOk: false,
      detail: "is listed in differences.json and not in observations.json",
    }));
}

type Seen = { readonly value: unknown } | undefined;

function judge(
  theirs: Seen,
  ours: Seen,
  listed: Difference | undefined,
): { readonly isOk: boolean; readonly detail: string } {
  if (theirs === undefined || ours === undefined) {
    const detail = `RocketMQ ${textOf(theirs)}, here ${textOf(ours)}`;
    return { isOk: theirs === ours, detail };
  }
  const isSame = isDeepStrictEqual(theirs.value, ours.value);
  if (listed === undefined) {
    return { isOk: isSame, detail: `RocketMQ ${textOf(theirs)}, here ${textOf(ours)}` };
  }
  if (isSame) {
    return { isOk: false, detail: "is listed in differences.json, but both agree" };
  }
  return {
    isOk: isDeepStrictEqual(listed.mq, ours.value),
    detail: `listed as ${JSON.stringify(listed.mq)}, here ${textOf(ours)}`,
  };
}

function expectedValue(expected: Observations, variant: string, what: string): Seen {
  const values = expected[what] ?? {};
  const name = "all" in values ? "all" : variant;
  return name in values ? { value: values[name] } : undefined;
}

function textOf(seen: Seen): string {
  return seen === undefined ? "nothing" : JSON.stringify(seen.value);
}

function byVariant(one: readonly [string, unknown], other: readonly [string, unknown]): number {
  return one[0] < other[0] ? -1 : 1;
}
