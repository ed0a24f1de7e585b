/**
 * The one renderer. Data goes to standard output and nothing else does: a table on a terminal, JSON lines
 * elsewhere, whatever `--output` says always. Numbers stay numbers in JSON.
 */
import type { Terminal } from "../../src/io/terminal.ts";
import { type CommandError, usageError } from "../command-error.ts";
import type { GlobalFlags, Variables } from "../global-flags.ts";
import { isColored, paint } from "./color.ts";
import { formatCount, shorten } from "./format.ts";
import type { Column, Item, Listing, MissingPart, Sheet } from "./listing.ts";

/** What `--output` takes, besides `help`. */
export const outputFormats = [
  "table",
  "wide",
  "json",
  "jsonl",
  "yaml",
  "csv",
  "name",
  "template=",
] as const;
type Format = Exclude<(typeof outputFormats)[number], "template="> | "template";
const apiVersion = "mq/v1";
const cellCharactersMax = 60;
const itemCharactersMax = 200;
const rememberedRowsMax = 1_000;

export interface OutputOptions {
  readonly terminal: Terminal;
  readonly global: GlobalFlags;
  readonly variables: Variables;
  /** Told of each result, as data. */
  readonly remember?: (result: unknown) => void;
}

/** How people see an item. */
export interface ItemLook {
  readonly columns?: readonly Column[];
  readonly text?: string;
}

export class Output {
  readonly #terminal: Terminal;
  readonly #global: GlobalFlags;
  readonly format: Format;
  readonly #template: string;
  readonly #remember: (result: unknown) => void;
  /** Rows of a stream so far, for whoever wants to see the last result again. */
  readonly #rows: Item[] = [];
  readonly isColored: boolean;
  readonly areNotesColored: boolean;
  #hasCsvHead: boolean;

  constructor({ terminal, global, variables, remember = () => undefined }: OutputOptions) {
    this.#terminal = terminal;
    this.#global = global;
    this.#remember = remember;
    this.#hasCsvHead = !global.header;
    const { color } = global;
    this.isColored = isColored({ color, variables, isTerminal: terminal.isOutputTerminal });
    this.areNotesColored = isColored({ color, variables, isTerminal: terminal.isErrorTerminal });
    const chosen = global.output ?? (terminal.isOutputTerminal ? "table" : "jsonl");
    this.#template = chosen.startsWith("template=") ? chosen.slice("template=".length) : "";
    this.format = readFormat(chosen);
  }

  /** True while JSON goes to programs, errors included. */
  get isJson(): boolean {
    return this.format === "json" || this.format === "jsonl";
  }

  /** Rows of one kind. */
  async list(listing: Listing): Promise<void> {
    const all = sorted(listing.items, this.#global.sort);
    const items = this.#global.limit === undefined ? all : all.slice(0, this.#global.limit);
    const { missing = [], nextCursor } = listing;
    const isCut = items.length < all.length;
    const document = {
      apiVersion,
      kind: listing.kind,
      items,
      truncated: isCut || listing.isTruncated === true,
      nextCursor: nextCursor ?? null,
      errors: missing.map(missingItem),
    };
    if (this.format === "json") {
      this.#json(document);
    } else if (listing.text !== undefined && this.format === "table" && !this.#global.columns) {
      this.#terminal.write(listing.text);
      this.#summary(listing);
    } else if (this.#isTable) {
      await this.#table({ ...listing, items });
    } else {
      for (const item of items) {
        this.row(item, listing);
      }
    }
    this.#remember(document);
    if (isCut && !this.isJson) {
      this.note(`${items.length} of ${all.length} rows (--limit)`);
    }
    this.#missing(missing);
  }

  /** One item: members under each other on a terminal, or the text that says it all. */
  item(kind: string, item: Item, { columns = columnsOf(item), text }: ItemLook = {}): void {
    const document = { apiVersion, kind, ...item };
    if (this.format === "json") {
      this.#json(document);
    } else if (this.#isTable && text !== undefined) {
      this.#terminal.write(text);
    } else if (this.#isTable) {
      this.#members(item, columns);
    } else {
      this.row(item, { columns, nameKey: "name", noun: kind.toLowerCase() });
    }
    this.#remember(document);
  }

  /** One item with tables below it; one document for programs. */
  async sheet({ kind, item, columns, sections, missing = [] }: Sheet): Promise<void> {
    const document = { apiVersion, kind, ...item, errors: missing.map(missingItem) };
    if (this.format === "json") {
      this.#json(document);
    } else if (this.#isTable) {
      this.#members(item, columns);
      for (const { title, key, columns: heads } of sections) {
        const items = item[key] as readonly Item[];
        if (items.length > 0) {
          this.#terminal.write(`\n${paint(title, "bold", this.isColored)}\n`);
          await this.#table({ kind, columns: heads, items, nameKey: "", noun: "" });
        }
      }
    } else {
      this.row(item, { columns, nameKey: "name", noun: kind.toLowerCase() });
    }
    this.#remember(document);
    this.#missing(missing);
  }

  /** One row of a stream, at once. False when the reader has gone. */
  row(item: Item, shape: Pick<Listing, "columns" | "nameKey" | "noun">): boolean {
    if (this.#rows.length < rememberedRowsMax) {
      this.#rows.push(item);
      this.#remember({ apiVersion, kind: "Rows", items: this.#rows });
    }
    switch (this.format) {
      case "yaml":
        return this.#terminal.write(`---\n${toYaml(item)}`);
      case "csv":
        return this.#csv(item, this.#chosen(shape.columns, true));
      case "name":
        return this.#terminal.write(`${shape.noun}/${String(item[shape.nameKey] ?? "")}\n`);
      case "template":
        return this.#terminal.write(`${fillTemplate(this.#template, item)}\n`);
      default:
        return this.#terminal.write(`${JSON.stringify(item)}\n`);
    }
  }

  /** Text that is data: the body of a message, a completion script. */
  text(text: string): boolean {
    return this.#terminal.write(text);
  }

  /** A line for people, on standard error. */
  note(text: string): void {
    if (!this.#global.quiet) {
      this.#terminal.note(`${text}\n`);
    }
  }

  error(error: CommandError): void {
    if (this.isJson && this.#global.output !== undefined) {
      this.#terminal.note(`${JSON.stringify(errorItem(error))}\n`);
      return;
    }
    const head = paint(`error[${error.code}]:`, "red", this.areNotesColored);
    this.#terminal.note(`${head} ${error.message}\n`);
    if (error.hint !== undefined) {
      this.#terminal.note(`hint: ${error.hint}\n`);
    }
  }

  /** What could not be had: in the document of `json`, as last lines of `jsonl`, for people on standard error. */
  #missing(parts: readonly MissingPart[]): void {
    for (const part of parts) {
      if (this.format === "jsonl") {
        this.#json(missingItem(part));
      } else if (this.format !== "json") {
        const { from, address, error } = part;
        const head = paint(`error[${error.code}]:`, "red", this.areNotesColored);
        this.#terminal.note(`${head} ${from} (${address}): ${error.message}\n`);
      }
    }
  }

  #members(item: Item, columns: readonly Column[]): void {
    for (const column of columns) {
      const shown = this.#cell(item, column, itemCharactersMax);
      this.#terminal.write(`${column.head.padEnd(18)} ${shown}\n`);
    }
  }

  #cell(item: Item, { key, show }: Pick<Column, "key" | "show">, charactersMax: number): string {
    const value = item[key];
    return this.#global.rawNumbers && typeof value === "number"
      ? String(value)
      : cell(value, item, show, charactersMax);
  }

  get #isTable(): boolean {
    return this.format === "table" || this.format === "wide";
  }

  #csv(item: Item, columns: readonly Column[]): boolean {
    if (!this.#hasCsvHead) {
      this.#hasCsvHead = true;
      this.#terminal.write(`${columns.map(({ key }) => csvCell(key)).join(",")}\n`);
    }
    return this.#terminal.write(`${columns.map(({ key }) => csvCell(item[key])).join(",")}\n`);
  }

  #json(value: unknown): void {
    this.#terminal.write(`${JSON.stringify(value)}\n`);
  }

  async #table(listing: Listing): Promise<void> {
    const { renderTable } = await import("./table.ts");
    const columns = this.#chosen(listing.columns, this.format === "wide");
    const charactersMax = this.format === "wide" ? 400 : cellCharactersMax;
    const rows = listing.items.map((item) =>
      columns.map((column) => this.#cell(item, column, charactersMax)),
    );
    this.#terminal.write(
      renderTable(columns, rows, { hasHead: this.#global.header, isColored: this.isColored }),
    );
    this.#summary(listing);
  }

  #summary({ summary }: Listing): void {
    if (summary !== undefined) {
      this.note(paint(summary, "dim", this.areNotesColored));
    }
  }

  #chosen(columns: readonly Column[], isWide: boolean): readonly Column[] {
    const wanted = this.#global.columns?.split(",");
    if (wanted === undefined) {
      return columns.filter((column) => isWide || column.isWide !== true);
    }
    return wanted.map((name) => {
      const found = columns.find(
        ({ key, head }) => key === name || head.toLowerCase() === name.toLowerCase(),
      );
      if (found === undefined) {
        const known = columns.map(({ key }) => key).join(", ");
        throw usageError(`--columns: '${name}' is none of ${known}`);
      }
      return found;
    });
  }
}

/** Throws a usage error for what is no format. */
export function checkFormat(chosen: string | undefined): void {
  readFormat(chosen ?? "table");
}

function readFormat(chosen: string): Format {
  if (chosen.startsWith("template=")) {
    return "template";
  }
  const format = outputFormats.find((each) => each === chosen);
  if (format === undefined || format === "template=") {
    const known = outputFormats.join(" ");
    throw usageError(`--output '${chosen}' is none of ${known}`);
  }
  return format;
}

function errorItem(error: CommandError): Item {
  return {
    kind: "Error",
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.remoteCode === undefined ? {} : { remoteCode: error.remoteCode }),
  };
}

function missingItem({ from, address, error }: MissingPart): Item {
  return { ...errorItem(error), from, address };
}

function columnsOf(item: Item): Column[] {
  return Object.keys(item).map((key) => ({ key, head: key }));
}

function cell(value: unknown, item: Item, show: Column["show"], charactersMax: number): string {
  if (show !== undefined) {
    return shorten(show(value, item), charactersMax);
  }
  if (value === undefined || value === null || value === "") {
    return "-";
  }
  if (typeof value === "number") {
    return formatCount(value);
  }
  return shorten(typeof value === "string" ? value : JSON.stringify(value), charactersMax);
}

/** Rows as `--sort` wants them. */
export function sorted(items: readonly Item[], by: string | undefined): readonly Item[] {
  if (by === undefined) {
    return items;
  }
  const isDescending = by.startsWith("-");
  const key = isDescending ? by.slice(1) : by;
  const order = isDescending ? -1 : 1;
  return [...items].sort((left, right) => order * compare(left[key], right[key]));
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") {
    return left - right;
  }
  return String(left ?? "") < String(right ?? "") ? -1 : 1;
}

function csvCell(value: unknown): string {
  const text =
    typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One level of members; what lies deeper is JSON, which YAML reads. */
function toYaml(item: Item): string {
  return Object.entries(item)
    .map(([key, value]) => `${key}: ${JSON.stringify(value ?? null)}\n`)
    .join("");
}

/** `{{.name}}` is the item's member; there is no logic. */
function fillTemplate(template: string, item: Item): string {
  return template.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, key: string) => {
    const value = item[key];
    return typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : String(value ?? "");
  });
}
