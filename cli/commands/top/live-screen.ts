/**
 * A screen that is drawn again and again: on the terminal's second page, over what is there, so that nothing
 * flickers, and with everything as it was when it ends. Sequences are those of ECMA-48 and xterm.
 */
import type { Terminal } from "../../../src/io/terminal.ts";

const introducer = "\u001b[";
const code = {
  /** The second page, cursor hidden, long lines cut instead of wrapped. */
  open: `${introducer}?1049h${introducer}?25l${introducer}?7l`,
  close: `${introducer}?7h${introducer}?25h${introducer}?1049l`,
  /** What lies between is shown at once by terminals that know this. */
  beginUpdate: `${introducer}?2026h`,
  endUpdate: `${introducer}?2026l`,
  home: `${introducer}H`,
  clearLine: `${introducer}K`,
  clearBelow: `${introducer}J`,
} as const;

export class LiveScreen {
  readonly #terminal: Terminal;
  #isOpen = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Shows the lines, as many as fit. False when nobody looks any more. */
  draw(lines: readonly string[]): boolean {
    const opening = this.#isOpen ? "" : code.open;
    this.#isOpen = true;
    const shown = lines.slice(0, this.#terminal.rows()).join(`${code.clearLine}\r\n`);
    return this.#terminal.write(
      `${opening}${code.beginUpdate}${code.home}${shown}${code.clearLine}${code.clearBelow}${code.endUpdate}`,
    );
  }

  /** Idempotent. */
  close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#terminal.write(code.close);
    }
  }
}
