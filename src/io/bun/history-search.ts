/** Ctrl-R: earlier lines that contain what was typed, newest first, each press one further. */

export class HistorySearch {
  readonly #lines: readonly string[];
  #wanted = "";
  #at = -1;
  #shown: string | undefined;

  /** Newest first. */
  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** The line to show in place of the one that is there; undefined when there is no further one. */
  next(line: string): string | undefined {
    if (line !== this.#shown) {
      // Somebody typed since: that is what is looked for from now on.
      this.#wanted = line;
      this.#at = -1;
    }
    const found = this.#lines.findIndex(
      (each, index) => index > this.#at && each !== line && each.includes(this.#wanted),
    );
    if (found < 0) {
      return undefined;
    }
    this.#at = found;
    this.#shown = this.#lines[found];
    return this.#shown;
  }
}
