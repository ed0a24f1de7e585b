/**
 * Decompression with a bound on what comes out. The calls are synchronous: simulated runs stay deterministic. zlib is
 * loaded with the first compressed body: few messages have one, and loading it costs a start several milliseconds.
 */
import process from "node:process";

export class CompressionError extends Error {
  override readonly name = "CompressionError";
}

/** Decompresses; throws CompressionError when the bytes are no such stream or would exceed `bytesMax`. */
export function inflate(source: Buffer, kind: "zlib" | "zstd", bytesMax: number): Buffer {
  const { inflateSync, zstdDecompressSync } = process.getBuiltinModule("node:zlib");
  try {
    const options = { maxOutputLength: bytesMax };
    return kind === "zlib" ? inflateSync(source, options) : zstdDecompressSync(source, options);
  } catch (error) {
    throw new CompressionError(error instanceof Error ? error.message : String(error));
  }
}
