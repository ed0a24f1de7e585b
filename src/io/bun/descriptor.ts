/** Writing to the descriptors of other programs: pipes, terminals, files. */
import { writeSync } from "node:fs";

const waitMsMax = 20;

/**
 * Writes the whole text. Waits while a pipe is full, so that nothing piles up here. False when the reader has gone.
 */
export function writeWhole(descriptor: number, text: string): boolean {
  const bytes = Buffer.from(text, "utf8");
  let at = 0;
  let waitMs = 1;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at);
      waitMs = 1;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "EAGAIN") {
        return false;
      }
      // Somebody made the pipe non-blocking; its reader needs a moment.
      Bun.sleepSync(waitMs);
      waitMs = Math.min(waitMs * 2, waitMsMax);
    }
  }
  return true;
}
