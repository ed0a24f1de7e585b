/** The lines of a file of any size, as bytes. */
import type { Disk } from "../../../src/io/disk.ts";
import { usageError } from "../../command-error.ts";

export interface FileLine {
  readonly bytes: Buffer;
  /** Counted from 1. */
  readonly number: number;
  /** Where the next one begins. */
  readonly end: number;
  /** False for what stands behind the last line end. */
  readonly isWhole: boolean;
}

/** A line with a message: 4 MiB in base64 and what goes with them; compressed bodies are larger before they are. */
export const messageLineBytesMax = 32 << 20;
const chunkBytes = 256 * 1024;

/**
 * One line after the other; its bytes hold until the next one is asked for. Throws a usage error for one of more than
 * `bytesMax`, DiskError.
 */
export function* fileLines(disk: Disk, path: string, bytesMax: number): Generator<FileLine> {
  const file = disk.open(path, "read");
  try {
    let buffer: Buffer = Buffer.alloc(chunkBytes);
    let filled = 0;
    let end = 0;
    let number = 0;
    for (;;) {
      if (filled === buffer.length) {
        buffer = grown(buffer);
      }
      const bytes = file.readInto(buffer, filled, buffer.length - filled, end + filled);
      filled += bytes;
      let start = 0;
      for (let stop = lineEnd(buffer, start, filled); stop >= 0; ) {
        end += stop + 1 - start;
        yield { bytes: buffer.subarray(start, stop), number: ++number, end, isWhole: true };
        start = stop + 1;
        stop = lineEnd(buffer, start, filled);
      }
      buffer.copyWithin(0, start, filled);
      filled -= start;
      if (filled > bytesMax) {
        throw usageError(`${path}: line ${number + 1} has more than ${bytesMax} bytes`);
      }
      if (bytes === 0) {
        break;
      }
    }
    if (filled > 0) {
      const bytes = buffer.subarray(0, filled);
      yield { bytes, number: number + 1, end: end + filled, isWhole: false };
    }
  } finally {
    file.close();
  }
}

function grown(buffer: Buffer): Buffer {
  const larger = Buffer.alloc(buffer.length * 2);
  buffer.copy(larger);
  return larger;
}

/** Of the line end in source[start, end), −1 without one. */
function lineEnd(source: Buffer, start: number, end: number): number {
  return source.subarray(0, end).indexOf(10, start);
}
