/** Tables without borders, through cli-table3, which colours by itself unless its styles are empty. */
import Table from "cli-table3";
import { paint } from "./color.ts";
import type { Column } from "./listing.ts";

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Rows under their heads, without trailing spaces. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { hasHead, isColored }: { readonly hasHead: boolean; readonly isColored: boolean },
): string {
  const table = new Table({
    ...(hasHead ? { head: columns.map(({ head }) => paint(head, "bold", isColored)) } : {}),
    colAligns: columns.map(({ align }) => align ?? "left"),
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) {
    table.push([...row]);
  }
  const text = table.toString();
  return text === ""
    ? ""
    : `${text
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")}\n`;
}
