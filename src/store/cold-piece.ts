/** A stretch of the log read from the device at once, from which neighbouring records are taken. */
import { limits } from "../core/limits.ts";
import { DiskError } from "../io/disk.ts";
import type { CommitLog } from "./commit-log/commit-log.ts";

export class ColdPiece {
  readonly #log: CommitLog;
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  constructor(log: CommitLog) {
    this.#log = log;
  }

  /** Copies one record; false when the log does not have it or the device cannot read it. */
  async copy(offset: number, bytes: number, target: Buffer, at: number): Promise<boolean> {
    if (offset < this.#start || offset + bytes > this.#end) {
      const isThere =
        (await this.#load(offset, Math.max(bytes, limits.coldReadBytes))) ||
        // A bad sector further on must not hide what lies before it.
        (await this.#load(offset, bytes));
      if (!isThere) {
        return false;
      }
    }
    if (offset + bytes > this.#end) {
      return false;
    }
    this.#buffer.copy(target, at, offset - this.#start, offset - this.#start + bytes);
    return true;
  }

  /** False when the device answered an error. */
  async #load(offset: number, bytes: number): Promise<boolean> {
    if (this.#buffer.length < bytes) {
      this.#buffer = Buffer.allocUnsafe(bytes);
    }
    this.#end = this.#start;
    try {
      const found = await this.#log.copyFromDevice(offset, bytes, this.#buffer, 0);
      this.#start = offset;
      this.#end = offset + found;
      return true;
    } catch (error) {
      if (error instanceof DiskError && error.kind === "failed") {
        return false;
      }
      throw error;
    }
  }
}
