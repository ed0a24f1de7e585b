/** What is told of a command in each mode, and the reasons that several commands have for leaving one out. */

export type Mode = "json" | "table" | "pipe" | "down" | "missing" | "flag";

export interface ModeRow {
  readonly ok: string;
  readonly missing?: string;
  /** Standard input of each run. */
  readonly input?: string;
  /** Exit code of `ok`; 0 unless told. */
  readonly exit?: number;
  /** With nobody at the nameserver's address; 5 unless told. */
  readonly downExit?: number;
  /** With `missing`; 3 unless told. */
  readonly missingExit?: number;
  /** What differs from table to table. */
  readonly mask?: RegExp;
  readonly without?: Readonly<Partial<Record<Mode, string>>>;
}

export const measured = /\b\d+\.\d+\b/g;
export const lists = { missing: "lists what there is" } as const;
export const local = { down: "asks no server" } as const;
export const files = { down: "reads files" } as const;
export const names = { missing: "the words name nothing of a cluster" } as const;
