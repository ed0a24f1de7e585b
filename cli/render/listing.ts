/** What commands hand to the renderer: items, how people read them, and what is missing. */
import type { CommandError } from "../command-error.ts";

export type Item = Readonly<Record<string, unknown>>;

export interface Column {
  /** Member of the item. */
  readonly key: string;
  readonly head: string;
  readonly align?: "left" | "right";
  /** Only in wide tables. */
  readonly isWide?: boolean;
  /** How people read it; JSON has the value itself. */
  readonly show?: (value: unknown, item: Item) => string;
}

/** A part of the answer that is not there, and why. */
export interface MissingPart {
  /** Name of the broker or nameserver. */
  readonly from: string;
  readonly address: string;
  readonly error: CommandError;
}

export interface Listing {
  /** Name of the document: TopicList. */
  readonly kind: string;
  readonly columns: readonly Column[];
  readonly items: readonly Item[];
  /** Member that names an item, for `-o name`. */
  readonly nameKey: string;
  /** What an item is, for `-o name`: topic. */
  readonly noun: string;
  /** How people see all items, where a table would say less. */
  readonly text?: string;
  /** Last line of a table. */
  readonly summary?: string;
  /** There is more than these items, whatever `--limit` says. */
  readonly isTruncated?: boolean;
  /** What continues a list that was cut; how it is typed stands in the command's help. */
  readonly nextCursor?: string | undefined;
  readonly missing?: readonly MissingPart[];
}

/** One item, with tables of what belongs to it. */
export interface Sheet {
  readonly kind: string;
  readonly item: Item;
  /** The members above the tables. */
  readonly columns: readonly Column[];
  readonly sections: readonly SheetSection[];
  readonly missing?: readonly MissingPart[];
}

export interface SheetSection {
  readonly title: string;
  /** Member of the item that holds the rows. */
  readonly key: string;
  readonly columns: readonly Column[];
}
