/** A terminal that keeps what is written to it. */
import type { Terminal } from "../../src/io/terminal.ts";

export interface RecordingTerminal extends Terminal {
  readonly data: () => string;
  readonly notes: () => string;
}

export function recordingTerminal({ isTerminal }: { isTerminal: boolean }): RecordingTerminal {
  let data = "";
  let notes = "";
  const nobody = (): never => {
    throw new Error("nobody types on this terminal");
  };
  return {
    isInputTerminal: isTerminal,
    isOutputTerminal: isTerminal,
    isErrorTerminal: isTerminal,
    columns: () => 80,
    rows: () => 24,
    write(text) {
      data += text;
      return true;
    },
    note(text) {
      notes += text;
    },
    readAll: nobody,
    lines: nobody,
    byteLines: nobody,
    keys: nobody,
    confirm: nobody,
    choose: nobody,
    chooseMany: nobody,
    progress: () => ({ advance: () => undefined, stop: () => undefined }),
    readLine: nobody,
    data: () => data,
    notes: () => notes,
  };
}
