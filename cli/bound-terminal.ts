/** The terminal that a command gets. */
import type { Terminal } from "../src/io/terminal.ts";

/** The terminal as one command sees it: its input ends, and its output is refused, when the command is stopped. */
export function boundTerminal(
  terminal: Terminal,
  signal: AbortSignal,
  onGone: () => void,
): Terminal {
  return {
    ...terminal,
    write(text) {
      const isRead = terminal.write(text);
      if (!isRead) {
        onGone();
      }
      return isRead;
    },
    readAll: (own) => terminal.readAll(own ?? signal),
    lines: (own) => terminal.lines(own ?? signal),
    byteLines: (bytesMax, own) => terminal.byteLines(bytesMax, own ?? signal),
    keys: (own) => terminal.keys(own ?? signal),
  };
}
