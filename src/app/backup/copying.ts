/** Copies files in pieces, with their checksum, at a pace, and ends between two pieces when it is told to. */
import { MqError } from "../../core/error.ts";
import { Sha256 } from "../../core/sha256.ts";
import type { Disk, DiskFile } from "../../io/disk.ts";

const pieceBytes = 1 << 20;
const zeros = Buffer.alloc(pieceBytes);

/** What a long copy asks between two pieces. */
export interface Pace {
  /** Told of bytes that were read; resolves when the next may be. Throws when the work is to end. */
  readonly after: (bytes: number) => Promise<void>;
}

/** Reads [0, bytes) of the file. Throws MqError `not_found` when it is shorter. */
async function* pieces(file: DiskFile, bytes: number, pace: Pace): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafeSlow(Math.max(1, Math.min(pieceBytes, bytes)));
  for (let at = 0; at < bytes; at += pieceBytes) {
    const wanted = Math.min(pieceBytes, bytes - at);
    const found = file.readInto(piece, 0, wanted, at);
    if (found < wanted) {
      throw new MqError("not_found", `${file.path} has ${at + found} bytes, not ${bytes}`);
    }
    yield piece.subarray(0, wanted);
    await pace.after(wanted);
  }
}

/** The checksum of [0, bytes) of a file. Throws MqError `not_found` when it is shorter. */
export async function checksumOf(
  disk: Disk,
  path: string,
  bytes: number,
  pace: Pace,
): Promise<string> {
  const file = disk.open(path, "read");
  try {
    const hash = new Sha256();
    for await (const piece of pieces(file, bytes, pace)) {
      hash.add(piece, 0, piece.length);
    }
    return hash.digest();
  } finally {
    file.close();
  }
}

/**
 * Copies [0, bytes) of a file; the copy has `fileBytes`, with nothing behind. On the device when this resolves with its
 * checksum, but its folder is the caller's to sync.
 */
export async function copyFile(
  disk: Disk,
  from: { readonly path: string; readonly bytes: number },
  to: { readonly path: string; readonly fileBytes: number },
  pace: Pace,
): Promise<string> {
  const source = disk.open(from.path, "read");
  try {
    const target = disk.open(to.path, "create");
    try {
      target.truncate(0);
      target.truncate(to.fileBytes);
      const hash = new Sha256();
      let at = 0;
      for await (const piece of pieces(source, from.bytes, pace)) {
        hash.add(piece, 0, piece.length);
        // Segments end in zeros that were never written: a copy need not take more room.
        if (piece.compare(zeros, 0, piece.length) !== 0) {
          target.write(piece, 0, piece.length, at);
        }
        at += piece.length;
      }
      target.syncNow();
      return hash.digest();
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}
