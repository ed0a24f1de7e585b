/** What can be measured: names and how to read them, as tables. Who exports them stands elsewhere. */

/** A value, told apart from others of its figure by attributes. */
export interface Reading {
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One figure of a snapshot. */
export interface Figure<S> {
  /** OpenTelemetry's form; Prometheus has `_` for `.`, and `_total` behind counters. */
  readonly name: string;
  /** A counter only grows while the process lives. */
  readonly kind: "counter" | "gauge";
  /** UCUM: `By`, `s`, `1`, `{message}`. */
  readonly unit: string;
  readonly about: string;
  /** Its attributes, or the figure itself, may be gone the next time. */
  readonly comesAndGoes?: true;
  /** Undefined leaves the figure out. */
  readonly read: (snapshot: S) => number | undefined | readonly Reading[];
}

/** Values under one attribute. */
export function by(
  attribute: string,
  values: Readonly<Record<string, number>>,
): readonly Reading[] {
  return Object.entries(values).map(([name, value]) => ({
    value,
    attributes: { [attribute]: name },
  }));
}
