/** What commands hand to the renderer: items, and how people read them. */

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

export interface Listing {
  /** Name of the document: TopicList. */
  readonly kind: string;
  readonly columns: readonly Column[];
  readonly items: readonly Item[];
  /** Member that names an item, for `-o name`. */
  readonly nameKey: string;
  /** What an item is, for `-o name`: topic. */
  readonly noun: string;
  /** Last line of a table. */
  readonly summary?: string;
}
