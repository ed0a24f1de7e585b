/** One line of a client program's report: see java/interop/Report.java; the other languages print the same. */
export type ReportLine =
  | {
      readonly kind: "check";
      readonly scenario: string;
      readonly what: string;
      readonly isOk: boolean;
      readonly detail: string;
    }
  | { readonly kind: "skip"; readonly scenario: string; readonly what: string }
  | {
      readonly kind: "observation";
      readonly scenario: string;
      readonly what: string;
      readonly value: unknown;
    }
  | {
      readonly kind: "event";
      readonly scenario: string;
      readonly what: string;
      readonly detail: string;
    };

/** The line's meaning; undefined for what is no report, such as a word of its runtime or of the client. */
export function parseReportLine(text: string): ReportLine | undefined {
  if (!text.startsWith("{")) {
    return undefined;
  }
  const line: unknown = JSON.parse(text);
  if (typeof line !== "object" || line === null) {
    return undefined;
  }
  const read = (name: string): string => String(Reflect.get(line, name) ?? "");
  const scenario = read("scenario");
  const detail = read("detail");
  if ("check" in line) {
    const isOk = Reflect.get(line, "ok") === true;
    return { kind: "check", scenario, what: read("check"), isOk, detail };
  }
  if ("skip" in line) {
    return { kind: "skip", scenario, what: read("skip") };
  }
  if ("observation" in line) {
    const value: unknown = Reflect.get(line, "value");
    return { kind: "observation", scenario, what: read("observation"), value };
  }
  if ("event" in line) {
    return { kind: "event", scenario, what: read("event"), detail };
  }
  return undefined;
}
