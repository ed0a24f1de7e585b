/** How the rows of a comparison and the limits of the machine look on a terminal or in a log. */
import type { Figure, Row } from "./comparison.ts";
import { ourName } from "./contender.ts";
import type { MachineLimits } from "./machine-limits.ts";

function showNumber(value: number, digits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function showFigure(figure: Figure | undefined, row: Row): string {
  if (figure === undefined) {
    return "-";
  }
  return `${showNumber(figure.value, row.digits)}${figure.isVoid ? "*" : ""}`;
}

function showTarget(row: Row): string {
  if (row.target === undefined) {
    return "";
  }
  const { bound, isMet, writeShare } = row.target;
  const unit = bound.of === "value" ? ` ${row.unit}` : "";
  const sides = [
    ...(bound.min === undefined ? [] : [`>= ${bound.min}${unit}`]),
    ...(bound.max === undefined ? [] : [`<= ${bound.max}${unit}`]),
  ];
  if (bound.orWriteShareMin !== undefined) {
    const seen = writeShare === undefined ? "not seen" : `${showNumber(writeShare * 100, 0)} %`;
    sides.push(`or ${bound.orWriteShareMin * 100} % of the write limit (${seen})`);
  }
  return `${sides.join(" ")} ${isMet ? "met" : "MISSED"}`;
}

/** Plain text, columns padded, one line a row; a blank line where the client changes. */
export function formatTable(rows: readonly Row[], peerNames: readonly string[]): string {
  const head = [
    "measure",
    "durability",
    "client",
    "unit",
    ourName,
    ...peerNames,
    "ratio",
    "target",
  ];
  const firstNumber = 4;
  const firstText = firstNumber + peerNames.length + 2;
  const cells = rows.map((row) => [
    row.measure,
    row.pairing,
    row.client,
    row.unit,
    showFigure(row.ours, row),
    ...peerNames.map((name) => showFigure(row.peers.get(name), row)),
    row.ratio === undefined ? "-" : showNumber(row.ratio, 3),
    showTarget(row),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const pad = (line: readonly string[]) =>
    line
      .map((text, column) => {
        const width = widths[column] ?? 0;
        const isNumber = column >= firstNumber && column < firstText;
        return isNumber ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const lines = [pad(head), rule];
  cells.forEach((line, index) => {
    const before = cells[index - 1];
    if (before !== undefined && before[2] !== line[2]) {
      lines.push("");
    }
    lines.push(pad(line));
  });
  return lines.join("\n");
}

export function formatLimits(limits: MachineLimits): string {
  return [
    `fdatasync of 4 KiB ${showNumber(limits.syncsPerSecond, 0)}/s (p50 ${showNumber(limits.syncP50Us, 0)} us)`,
    `sequential writing ${showNumber(limits.writeMegabytesPerSecond, 0)} MB/s`,
    `loopback round trips ${showNumber(limits.roundTripsPerSecond, 0)}/s (p50 ${showNumber(limits.roundTripP50Us, 0)} us)`,
  ].join(", ");
}

/** What the table proves about the targets, in one line each. */
export function formatVerdict(rows: readonly Row[]): string {
  const judged = rows.filter((row) => row.target !== undefined);
  const missed = judged.filter((row) => row.target?.isMet === false);
  const lines = [`targets: ${judged.length - missed.length} met, ${missed.length} missed`];
  for (const row of missed) {
    const where = row.client === "" ? "" : `, ${row.client} client`;
    const ratio = row.ratio === undefined ? "" : `, ratio ${showNumber(row.ratio, 3)}`;
    const figure = `${showFigure(row.ours, row)} ${row.unit}${ratio}`;
    lines.push(`  missed: ${row.measure}, ${row.pairing}${where}: ${figure} (${showTarget(row)})`);
  }
  if (
    rows.some((row) => row.ours?.isVoid || [...row.peers.values()].some((figure) => figure.isVoid))
  ) {
    lines.push("  * every run behind this figure was void (steal, or other processes at work)");
  }
  return lines.join("\n");
}
