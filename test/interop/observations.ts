/**
 * What servers answered, compared. `observations.json` holds what a real RocketMQ 5.5.0 answered to each client;
 * `differences.json` holds where mq answers otherwise, and why. A difference that is not listed fails, and so
 * does one that is listed and gone, or that no longer answers what the list says.
 *
 * A value is filed under the client's name, under its family's when all of the family agree, or under `all`
 * when every client that runs the scenario agrees.
 */
import { isDeepStrictEqual } from "node:util";

/** Who makes observations: the part of a client's description that is needed here. */
export interface Observer {
  readonly name: string;
  readonly family: string;
  readonly scenarios: readonly string[];
}

/** Values of one observation by client, by family, or one under `all`. */
export type Values = Readonly<Record<string, unknown>>;
export type Observations = Readonly<Record<string, Values>>;

/** What mq answers where RocketMQ answers otherwise. */
export interface ListedAnswer {
  readonly observation: string;
  /** Which clients or families see it; every one when absent. */
  readonly variants?: readonly string[];
  readonly mq: unknown;
  readonly reason: string;
}

/** A property that messages have here and not there: its name is taken out of every list of names. */
export interface AddedProperty {
  readonly observation: "*";
  readonly addedProperty: string;
  readonly reason: string;
}

export type Difference = ListedAnswer | AddedProperty;

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

  /** For the file: a value that all clients of the scenario saw, or all of a family, is written once. */
  toObservations(observers: readonly Observer[]): Observations {
    return Object.fromEntries(
      this.names().map((what) => {
        const involved = observers.filter(({ scenarios }) => scenarios.includes(scenarioOf(what)));
        const shared = this.#sharedValue(what, involved);
        return [
          what,
          shared === undefined ? this.#byFamily(what, involved) : { all: shared.value },
        ];
      }),
    );
  }

  #byFamily(what: string, involved: readonly Observer[]): Values {
    const entries = involved.flatMap(({ name, family }) => {
      const members = involved.filter((each) => each.family === family);
      const shared = this.#sharedValue(what, members);
      const seen = shared ?? this.valueOf(name, what);
      return seen === undefined
        ? []
        : [[shared === undefined ? name : family, seen.value] as const];
    });
    return Object.fromEntries(entries.sort(byName));
  }

  /** What all of them saw, when all saw the same. */
  #sharedValue(what: string, observers: readonly Observer[]): Seen {
    const seen = observers.map(({ name }) => this.valueOf(name, what));
    const [first] = seen;
    const isShared =
      first !== undefined &&
      seen.every((each) => each !== undefined && isDeepStrictEqual(each.value, first.value));
    return isShared ? first : undefined;
  }
}

/** Answers must be those on file, but for the listed differences; a real server's list is empty. */
export function compareAll(
  log: ObservationLog,
  observers: readonly Observer[],
  expected: Observations,
  differences: readonly Difference[],
): readonly Finding[] {
  const answers = differences.filter((each) => "mq" in each);
  const added = differences.filter((each) => "addedProperty" in each);
  return observers.flatMap((observer) =>
    Object.keys(expected)
      .filter((what) => observer.scenarios.includes(scenarioOf(what)))
      .flatMap((what) => {
        const theirs = expectedValue(expected, observer, what);
        const ours = withoutNames(
          log.valueOf(observer.name, what),
          added.map(({ addedProperty }) => addedProperty),
        );
        // Of a scenario that several clients run, each may have observations of its own.
        if (theirs === undefined && ours === undefined) {
          return [];
        }
        const listed = answers.find(
          (each) =>
            each.observation === what &&
            (each.variants === undefined ||
              each.variants.includes(observer.name) ||
              each.variants.includes(observer.family)),
        );
        return [{ what: `${observer.name}, ${what}`, ...judge(theirs, ours, listed) }];
      }),
  );
}

/** An observation is named "scenario: what". */
export function scenarioOf(what: string): string {
  return what.slice(0, what.indexOf(":"));
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
    .filter((each) => "mq" in each && expected[each.observation] === undefined)
    .map(({ observation }) => ({
      what: observation,
      isOk: false,
      detail: "is listed in differences.json and not in observations.json",
    }));
}

type Seen = { readonly value: unknown } | undefined;

function withoutNames(seen: Seen, names: readonly string[]): Seen {
  return seen === undefined
    ? undefined
    : { value: names.reduce((value, name) => withoutName(value, name), seen.value) };
}

/** Names stand in arrays, or after a comma in a text. */
function withoutName(value: unknown, name: string): unknown {
  if (typeof value === "string") {
    return value.replaceAll(`,${name}`, "");
  }
  if (Array.isArray(value)) {
    return value.filter((each) => each !== name).map((each) => withoutName(each, name));
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, withoutName(each, name)] as const),
      )
    : value;
}

function judge(
  theirs: Seen,
  ours: Seen,
  listed: ListedAnswer | undefined,
): { readonly isOk: boolean; readonly detail: string } {
  if (theirs === undefined || ours === undefined) {
    return { isOk: false, detail: `RocketMQ ${textOf(theirs)}, here ${textOf(ours)}` };
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

function expectedValue(expected: Observations, observer: Observer, what: string): Seen {
  const values = expected[what] ?? {};
  const key = [observer.name, observer.family, "all"].find((name) => name in values);
  return key === undefined ? undefined : { value: values[key] };
}

function textOf(seen: Seen): string {
  return seen === undefined ? "nothing" : JSON.stringify(seen.value);
}

function byName(one: readonly [string, unknown], other: readonly [string, unknown]): number {
  return one[0] < other[0] ? -1 : 1;
}
