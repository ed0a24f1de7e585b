/** A terminal, as the product sees it: what is typed and what is shown. */

export interface Terminal {
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Width in columns; 80 when nobody knows. */
  columns(): number;
  /** Height in lines; 24 when nobody knows. */
  rows(): number;
  /** Data for the user's next program, in its hands when this returns. False when the reader has gone: stop. */
  write(text: string): boolean;
  /** Everything that is not data: notes, errors, progress. */
  note(text: string): void;
  /** All of standard input, as bytes; what was read so far when the signal is aborted. */
  readAll(signal?: AbortSignal): Promise<Buffer>;
  /** Standard input line by line, without line ends; ends early when the signal is aborted. */
  lines(signal?: AbortSignal): AsyncIterable<string>;
  /** As `lines`, but bytes, whatever they are. Throws RangeError for a line of more than `bytesMax`. */
  byteLines(bytesMax: number, signal?: AbortSignal): AsyncIterable<Buffer>;
  /**
   * Keys as they are pressed, one character each, until the signal is aborted; Ctrl-C is a signal as ever. Only where
   * somebody can type.
   */
  keys(signal?: AbortSignal): AsyncIterable<string>;
  /** Asks for yes or no; no is the default, and leaving is no. Only where somebody can answer. */
  confirm(question: string): Promise<boolean>;
  /** One of the names, found by typing a part of it; undefined when the question was left. Only where somebody can answer. */
  choose(question: string, names: readonly string[]): Promise<string | undefined>;
  /** Some of the options, by number; undefined when the question was left. Only where somebody can answer. */
  chooseMany(question: string, options: readonly string[]): Promise<readonly number[] | undefined>;
  /** A line of standard error that says how far the work is, until it is stopped. Only where it is a terminal. */
  progress(options: ProgressOptions): ProgressBar;
  /** One line typed at a prompt, with editing, history and completion. Only where somebody can type. */
  readLine(options: ReadLineOptions): Promise<LineTyped>;
}

export interface ProgressOptions {
  /** What all of the work is, in any unit; 0 or less where nobody knows. */
  readonly max: number;
  /** What is done, before the bar: `checked`. */
  readonly label: string;
}

export interface ProgressBar {
  /** So much more was done; the text behind the bar stays until there is another. May be called as often as it is convenient. */
  advance(by: number, text?: string): void;
  /** Takes the bar away, and leaves the text in its place. May be called twice. */
  stop(text?: string): void;
}

export interface ReadLineOptions {
  readonly prompt: string;
  /** Newest first. */
  readonly history: readonly string[];
  /** What Tab offers for the text before the cursor: candidates, and the part they replace. */
  readonly complete: (text: string) => Promise<readonly [readonly string[], string]>;
}

export type LineTyped =
  | { readonly kind: "line"; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: "interrupted" }
  /** Ctrl-D on an empty line, or the end of input. */
  | { readonly kind: "ended" };
