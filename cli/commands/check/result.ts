/**
 * What a check found, as monitoring systems read it: one line and an exit code of the Nagios plugin guidelines, or
 * gauges in Prometheus's text format for a node exporter's textfile collector.
 * https://nagios-plugins.org/doc/guidelines.html
 */
import type { CommandContext } from "../../command.ts";
import { toCommandError } from "../../command-error.ts";
import type { PassedExit } from "../../exit-code.ts";
import { choice, flag, type Zod } from "../../flag.ts";

export type CheckStatus = "ok" | "warning" | "critical" | "unknown";

/** A figure with the bounds that it was held against. */
export interface Figure {
  readonly name: string;
  /** Where it was taken, by name or address, where a check looks at several. */
  readonly server?: string;
  readonly value: number;
  readonly unit: "" | "%" | "s";
  readonly warn?: number | undefined;
  readonly crit?: number | undefined;
  /** Below a bound is bad, instead of above. */
  readonly isWorseBelow?: boolean;
}

export interface CheckResult {
  readonly status: CheckStatus;
  /** What was looked at. */
  readonly subject: string;
  readonly message: string;
  readonly figures: readonly Figure[];
}

const exitCodes = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
const severity: readonly CheckStatus[] = ["ok", "unknown", "warning", "critical"];

export const checkFlags = {
  format: flag(choice(["nagios", "prometheus", "text"]).default("nagios"), {
    about: "one line with figures, gauges, or words; -o json for programs (nagios)",
    value: "FORMAT",
  }),
} as const;

export const checkSchema = (z: Zod) =>
  z.object({
    check: z.string(),
    status: z.enum(["ok", "warning", "critical", "unknown"]),
    subject: z.string(),
    message: z.string(),
    figures: z.array(
      z.object({
        name: z.string(),
        server: z.string().optional(),
        value: z.number(),
        unit: z.enum(["", "%", "s"]),
        warn: z.number().optional(),
        crit: z.number().optional(),
        isWorseBelow: z.boolean().optional(),
      }),
    ),
  });

/** Beyond a bound is bad; without bounds a figure is only told. */
export function statusOf(figures: readonly Figure[]): CheckStatus {
  return worst(
    figures.map(({ value, warn, crit, isWorseBelow = false }) => {
      const isBeyond = (bound: number | undefined): boolean =>
        bound !== undefined && (isWorseBelow ? value < bound : value > bound);
      return isBeyond(crit) ? "critical" : isBeyond(warn) ? "warning" : "ok";
    }),
  );
}

export function worst(statuses: readonly CheckStatus[]): CheckStatus {
  return statuses.reduce<CheckStatus>(
    (most, each) => (severity.indexOf(each) > severity.indexOf(most) ? each : most),
    "ok",
  );
}

/**
 * Runs a check and prints what came of it. What cannot be asked is critical where that is the question, unknown
 * elsewhere.
 */
export async function runCheck(
  context: CommandContext,
  options: {
    readonly check: string;
    readonly subject: string;
    readonly format: "nagios" | "prometheus" | "text";
    readonly whenUnreachable: "critical" | "unknown";
  },
  look: () => Promise<CheckResult>,
): Promise<PassedExit> {
  let result: CheckResult;
  try {
    result = await look();
  } catch (error) {
    const { message } = toCommandError(error);
    result = { status: options.whenUnreachable, subject: options.subject, message, figures: [] };
  }
  // For cron, which mails whatever is printed.
  if (!(context.global.quiet && result.status === "ok")) {
    print(context, options.check, options.format, result);
  }
  return { passedOn: exitCodes[result.status] };
}

function print(
  { output, global }: CommandContext,
  check: string,
  format: "nagios" | "prometheus" | "text",
  result: CheckResult,
): void {
  if (global.output !== undefined) {
    output.item("Check", { check, ...result }, { text: nagiosLine(check, result) });
  } else if (format === "prometheus") {
    output.text(gauges(check, result));
  } else if (format === "text") {
    output.text(`${result.status}: ${result.subject}: ${result.message}\n`);
  } else {
    output.text(`${nagiosLine(check, result)}\n`);
  }
}

/** `MQ GROUP OK - billing: 12 behind | lag=12;1000;5000` */
export function nagiosLine(
  check: string,
  { status, subject, message, figures }: CheckResult,
): string {
  const text = `MQ ${check.toUpperCase()} ${status.toUpperCase()} - ${subject}: ${message}`;
  const data = figures
    .map(({ name, server, value, unit, warn, crit, isWorseBelow = false }) => {
      // A range of the guidelines: `7:` is what is bad below.
      const [low, lower] = [warn, crit].map((bound) =>
        bound === undefined ? "" : `${bound}${isWorseBelow ? ":" : ""}`,
      );
      const bounds = lower === "" ? low : `${low};${lower}`;
      const label = server === undefined ? name : `${server} ${name}`;
      return `'${label.replaceAll("'", "''")}'=${value}${unit}${bounds === "" ? "" : `;${bounds}`}`;
    })
    .join(" ");
  // A pipe ends the text for whoever reads it.
  return `${text.replaceAll("|", "/").replaceAll("\n", " ")}${data === "" ? "" : ` | ${data}`}`;
}

const units = { "": "", "%": "_percent", s: "_seconds" } as const;

/** The status as a number, then each figure. */
export function gauges(check: string, { status, subject, figures }: CheckResult): string {
  const labels = `check="${escaped(check)}",subject="${escaped(subject)}"`;
  const lines = [
    "# HELP mq_check_status 0 ok, 1 warning, 2 critical, 3 unknown",
    "# TYPE mq_check_status gauge",
    `mq_check_status{${labels}} ${exitCodes[status]}`,
  ];
  // The format wants the lines of a metric together, under one TYPE.
  for (const [metric, ofMetric] of Map.groupBy(figures, metricOf)) {
    lines.push(`# TYPE ${metric} gauge`);
    for (const { server, value } of ofMetric) {
      const where = server === undefined ? "" : `,server="${escaped(server)}"`;
      lines.push(`${metric}{${labels}${where}} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function metricOf({ name, unit }: Figure): string {
  return `mq_check_${name.toLowerCase().replace(/[^a-z0-9]+/g, "_")}${units[unit]}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
