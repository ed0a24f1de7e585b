/** How a subcommand is used, laid out as the official tool lays it out: 110 columns, options by their letters. */
import { type AdminOption, optionKey } from "./option.ts";

const columns = 110;
const indent = 7;

/** `usage: mqadmin NAME …` with one line an option below it; of several with the same letters the last. */
export function usageText(name: string, options: readonly AdminOption[]): string {
  const byKey = new Map(options.map((each) => [optionKey(each), each]));
  const sorted = [...byKey.values()].sort((left, right) =>
    byLetters(optionKey(left), optionKey(right)),
  );
  const heads = sorted.map(headOf);
  const widest = Math.max(...heads.map((head) => head.length));
  const rows = sorted.map(({ about }, index) =>
    wrapped(`${(heads[index] ?? "").padEnd(widest)}   ${about}`, widest + 3),
  );
  return `${[wrapped(`usage: mqadmin ${name} ${synopsis(sorted)}`, indent), ...rows].join("\n")}\n`;
}

function byLetters(left: string, right: string): number {
  const [lower, other] = [left.toLowerCase(), right.toLowerCase()];
  return lower === other ? 0 : lower < other ? -1 : 1;
}

function synopsis(sorted: readonly AdminOption[]): string {
  const shown = new Set<string>();
  // A group stands where its first option would; the places of the others stay, empty.
  return sorted
    .map((each) => {
      if (each.group === undefined) {
        return each.isRequired ? synopsisOf(each) : `[${synopsisOf(each)}]`;
      }
      if (shown.has(each.group)) {
        return "";
      }
      shown.add(each.group);
      return sorted
        .filter(({ group }) => group === each.group)
        .map(synopsisOf)
        .join(" | ");
    })
    .join(" ");
}

function synopsisOf({ short, long, takesValue }: AdminOption): string {
  return `${short === undefined ? `--${long}` : `-${short}`}${takesValue ? " <arg>" : ""}`;
}

function headOf({ short, long, takesValue }: AdminOption): string {
  const letters = short === undefined ? "    --" : ` -${short},--`;
  return `${letters}${long}${takesValue ? " <arg>" : ""}`;
}

/** Lines of at most so many columns, cut at spaces; those below the first begin further right. */
function wrapped(text: string, start: number): string {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(" ", columns);
    const cut = at <= start ? columns : at;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = " ".repeat(start) + rest.slice(cut).trim();
  }
  return [...lines, rest.trimEnd()].join("\n");
}
