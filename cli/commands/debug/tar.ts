/**
 * The tar format (POSIX ustar), as far as small regular files need it. A file is a header of 512 bytes, its bytes,
 * and zeros up to the next multiple of 512; two empty blocks end the archive.
 *
 * | at  | bytes | field                                                  |
 * |-----|-------|--------------------------------------------------------|
 * | 0   | 100   | name                                                   |
 * | 100 | 8     | mode, octal                                            |
 * | 108 | 16    | owner and group                                        |
 * | 124 | 12    | size, octal                                            |
 * | 136 | 12    | time of change in seconds, octal                       |
 * | 148 | 8     | checksum: sum of the header with spaces in this field  |
 * | 156 | 1     | type, "0" a file                                       |
 * | 257 | 8     | "ustar", zero, "00"                                    |
 * | 345 | 155   | what stands before the name and a slash                |
 */
import { assert } from "../../../src/core/assert.ts";

export const tarBlockBytes = 512;
/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * tarBlockBytes);
const nameBytesMax = 100;
const prefixBytesMax = 155;
const sizeMax = 0o77777777777;

/** The header of one file. The path is relative, with slashes, of at most 255 bytes in two halves. */
export function tarHeader(path: string, bytes: number, changedMs: number): Buffer {
  assert(bytes >= 0 && bytes <= sizeMax, "a size that its field holds");
  const [prefix, name] = halves(path);
  const header = Buffer.alloc(tarBlockBytes);
  header.write(name, 0, "utf8");
  header.write("0000600\0", 100, "latin1");
  header.write("0000000\0", 108, "latin1");
  header.write("0000000\0", 116, "latin1");
  header.write(`${octal(bytes, 11)}\0`, 124, "latin1");
  header.write(`${octal(Math.floor(changedMs / 1_000), 11)}\0`, 136, "latin1");
  header.write("        ", 148, "latin1");
  header.write("0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.write(prefix, 345, "utf8");
  let sum = 0;
  for (const byte of header) {
    sum += byte;
  }
  header.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return header;
}

/** Zeros that follow so many bytes of a file. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((tarBlockBytes - (bytes % tarBlockBytes)) % tarBlockBytes);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function halves(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= nameBytesMax) {
    return ["", path];
  }
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= prefixBytesMax && Buffer.byteLength(name) <= nameBytesMax) {
      return [prefix, name];
    }
  }
  throw new Error(`a path that no archive holds: ${path}`);
}
