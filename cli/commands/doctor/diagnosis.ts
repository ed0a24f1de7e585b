/** What `mq doctor` says of one thing: how it is, why, and what to do; and how people read a whole diagnosis. */
import type { Zod } from "../../flag.ts";
import { paint } from "../../render/color.ts";
import { formatCount } from "../../render/format.ts";

/** What is looked at, in the order in which it is shown. */
export const checkNames = [
  "config",
  "nameserver",
  "registered",
  "broker",
  "vip",
  "master",
  "version",
  "clock",
  "disk",
  "load",
  "route",
  "topic",
  "group",
  "retry",
  "dlq",
  "store",
  "handles",
  "fsync",
] as const;

export type CheckName = (typeof checkNames)[number];

export interface Diagnosis {
  readonly status: "ok" | "warn" | "fail";
  readonly check: CheckName;
  readonly subject: string;
  readonly detail: string;
  /** Why it is so; null where all is well. */
  readonly cause: string | null;
  /** What to do about it. */
  readonly fix: string | null;
  readonly [key: string]: unknown;
}

export const diagnosisSchema = (z: Zod) =>
  z.object({
    status: z.enum(["ok", "warn", "fail"]),
    check: z.enum(checkNames),
    subject: z.string(),
    detail: z.string(),
    cause: z.string().nullable(),
    fix: z.string().nullable(),
  });

export interface Explanation {
  readonly cause: string;
  readonly fix: string;
}

export function well(check: CheckName, subject: string, detail: string): Diagnosis {
  return { status: "ok", check, subject, detail, cause: null, fix: null };
}

export function unwell(
  status: "warn" | "fail",
  check: CheckName,
  found: { readonly subject: string; readonly detail: string } & Explanation,
): Diagnosis {
  const { subject, detail, cause, fix } = found;
  return { status, check, subject, detail, cause, fix };
}

const namesShown = 5;

/** The first few of many that suffer from the same, and a line that counts the others. */
export function fewOf(found: readonly Diagnosis[], noun: string): readonly Diagnosis[] {
  const [first] = found;
  if (first === undefined || found.length <= namesShown) {
    return found;
  }
  const more = found.length - namesShown;
  const detail = "the same, as the lines above";
  return [
    ...found.slice(0, namesShown),
    { ...first, subject: `${formatCount(more)} more ${noun}`, detail },
  ];
}

/** In the order of the checks; what fails first within each. */
export function inOrder(found: readonly Diagnosis[]): readonly Diagnosis[] {
  const severity = ["fail", "warn", "ok"] as const;
  return [...found].sort(
    (left, right) =>
      checkNames.indexOf(left.check) - checkNames.indexOf(right.check) ||
      severity.indexOf(left.status) - severity.indexOf(right.status),
  );
}

const marks = { ok: "✓", warn: "!", fail: "✗" } as const;
const colors = { ok: "green", warn: "yellow", fail: "red" } as const;
const indent = 14;

/** A line each, with cause and fix below what is not well. */
export function diagnosisText(found: readonly Diagnosis[], isColored: boolean): string {
  return found
    .map(({ status, check, subject, detail, cause, fix }) => {
      const mark = paint(marks[status], colors[status], isColored);
      const below = [
        ["cause", cause],
        ["fix", fix],
      ].flatMap(([name, text]) =>
        text === null ? [] : [`${" ".repeat(indent)}${name}: ${text}\n`],
      );
      return `${mark} ${check.padEnd(indent - 2)}${subject}: ${detail}\n${below.join("")}`;
    })
    .join("");
}

/** `1 failed, 1 warning, 3 ok` */
export function diagnosisSummary(found: readonly Diagnosis[]): string {
  const count = (status: Diagnosis["status"]): number =>
    found.filter((each) => each.status === status).length;
  const warned = count("warn");
  return `${count("fail")} failed, ${warned} ${warned === 1 ? "warning" : "warnings"}, ${count("ok")} ok`;
}
