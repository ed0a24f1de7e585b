/**
 * What a subcommand prints: the official tool's text, or the same facts as one JSON document for `-o json`. A
 * subcommand tells both, and this decides which is seen.
 */
import { type Formatted, format } from "./java-format.ts";

export type AdminItem = Readonly<Record<string, unknown>>;

export interface PrinterOptions {
  readonly subcommand: string;
  readonly isJson: boolean;
  readonly write: (text: string) => void;
  /** A line for people, on standard error. */
  readonly note: (text: string) => void;
}

export class Printer {
  readonly #options: PrinterOptions;
  #items: AdminItem[] = [];

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** Text in the official tool's words, as Java's `printf` makes it; nothing in JSON. */
  print(pattern: string, ...values: readonly Formatted[]): void {
    if (!this.#options.isJson) {
      this.#options.write(format(pattern, ...values));
    }
  }

  /** A row: its cells by the pattern in text, the item in JSON. */
  row(pattern: string, item: Readonly<Record<string, Formatted>>): void {
    this.item(item);
    this.print(pattern, ...Object.values(item));
  }

  /** A fact for JSON. */
  item(item: AdminItem): void {
    if (this.#options.isJson) {
      this.#items.push(item);
    }
  }

  note(text: string): void {
    this.#options.note(text);
  }

  /** Writes the JSON document of the items so far; the next one begins empty. */
  flush(): void {
    if (this.#options.isJson) {
      const { subcommand } = this.#options;
      const document = { apiVersion: "mq/v1", kind: "Mqadmin", subcommand, items: this.#items };
      this.#options.write(`${JSON.stringify(document)}\n`);
      this.#items = [];
    }
  }
}
