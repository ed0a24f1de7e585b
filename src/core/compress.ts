/**
 * Compression as RocketMQ's clients know it, and its reverse with a bound on what comes out. The calls are synchronous: simulated runs stay deterministic. zlib is
 * loaded with the first compressed body: few messages have one, and loading it costs a start several milliseconds.
 */
import process from "node:process";
import { lz4Deflate, lz4Inflate } from "./lz4.ts";

export type Compression = "zlib" | "zstd" | "lz4";

export class CompressionError extends Error {
  override readonly name = "CompressionError";
}

/** Decompresses; throws CompressionError when the bytes are no such stream or would exceed `bytesMax`. */
export function inflate(source: Buffer, kind: Compression | "gzip", bytesMax: number): Buffer {
  const { gunzipSync, inflateSync, zstdDecompressSync } = process.getBuiltinModule("node:zlib");
  const options = { maxOutputLength: bytesMax };
  try {
    switch (kind) {
      case "gzip":
        return gunzipSync(source, options);
      case "zlib":
        return inflateSync(source, options);
      case "zstd":
        return zstdDecompressSync(source, options);
      case "lz4":
        return lz4Inflate(source, bytesMax);
    }
  } catch (error) {
    throw new CompressionError(error instanceof Error ? error.message : String(error));
  }
}

/** Compresses. */
export function deflate(source: Buffer, kind: Compression): Buffer {
  const { deflateSync, zstdCompressSync } = process.getBuiltinModule("node:zlib");
  switch (kind) {
    case "zlib":
      return deflateSync(source);
    case "zstd":
      return zstdCompressSync(source);
    case "lz4":
      return lz4Deflate(source);
  }
}
