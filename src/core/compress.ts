/** Decompression with a bound on what comes out. The calls are synchronous: simulated runs stay deterministic. */
import { inflateSync, zstdDecompressSync } from "node:zlib";

export class CompressionError extends Error {
  override readonly name = "CompressionError";
}

/** Decompresses; throws CompressionError when the bytes are no such stream or would exceed `bytesMax`. */
export function inflate(source: Buffer, kind: "zlib" | "zstd", bytesMax: number): Buffer {
  try {
    const options = { maxOutputLength: bytesMax };
    return kind === "zlib" ? inflateSync(source, options) : zstdDecompressSync(source, options);
  } catch (error) {
    throw new CompressionError(error instanceof Error ? error.message : String(error));
  }
}
