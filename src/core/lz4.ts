/**
 * LZ4 frames (github.com/lz4/lz4, doc/lz4_Frame_format.md and lz4_Block_format.md), as RocketMQ's clients write and read them:
 * magic, descriptor, blocks that may be stored as they are, an end mark. Dictionaries and skippable frames are refused.
 */
import { xxHash32 } from "./xx-hash32.ts";

const magic = 0x184d2204;
const headBytes = 7;
const blockBytes = 64 * 1024;
/** A match is at least so long; the last literals are not looked at for one. */
const matchMin = 4;
const endLiterals = 12;
const hashBits = 13;

class Lz4Error extends Error {
  override readonly name = "Lz4Error";
}

/** Decompresses one frame. Throws Lz4Error for what is none, and for more than `bytesMax`. */
export function lz4Inflate(source: Buffer, bytesMax: number): Buffer {
  if (source.length < 7 || source.readUInt32LE(0) !== magic) {
    throw new Lz4Error("no LZ4 frame");
  }
  const flags = source[4] as number;
  if (flags >>> 6 !== 1 || (flags & 0x3) !== 0) {
    throw new Lz4Error("an LZ4 frame of another version, or with a dictionary");
  }
  const hasBlockChecksums = (flags & 0x10) !== 0;
  let at = 6 + ((flags & 0x8) === 0 ? 0 : 8);
  if (at >= source.length || source[at] !== descriptorChecksum(source.subarray(4, at))) {
    throw new Lz4Error("an LZ4 frame whose descriptor is damaged");
  }
  at++;
  const target = new Growing(bytesMax);
  for (;;) {
    const word = at + 4 <= source.length ? source.readUInt32LE(at) : undefined;
    if (word === undefined) {
      throw new Lz4Error("an LZ4 frame without an end");
    }
    at += 4;
    if (word === 0) {
      break;
    }
    const bytes = word & 0x7fff_ffff;
    if (bytes > source.length - at) {
      throw new Lz4Error("an LZ4 block that is not whole");
    }
    if (word >>> 31 === 1) {
      target.copy(source, at, bytes);
    } else {
      inflateBlock(source, at, at + bytes, target);
    }
    at += bytes + (hasBlockChecksums ? 4 : 0);
  }
  const plain = target.take();
  const hasChecksum = (flags & 0x4) !== 0;
  if (hasChecksum && (at + 4 > source.length || source.readUInt32LE(at) !== xxHash32(plain))) {
    throw new Lz4Error("an LZ4 frame whose contents are damaged");
  }
  return plain;
}

/** Compresses into one frame of independent blocks of 64 KiB, without checksums of contents. */
export function lz4Deflate(source: Buffer): Buffer {
  const blocks = Math.ceil(source.length / blockBytes);
  const target = Buffer.alloc(headBytes + source.length + 4 * (blocks + 1));
  target.writeUInt32LE(magic, 0);
  target[4] = 0x60;
  target[5] = 0x40;
  target[6] = descriptorChecksum(target.subarray(4, 6));
  let end = headBytes;
  for (let at = 0; at < source.length; at += blockBytes) {
    const plain = source.subarray(at, at + blockBytes);
    const packed = deflateBlock(plain);
    const isSmaller = packed.length < plain.length;
    end = target.writeUInt32LE(isSmaller ? packed.length : plain.length + 0x8000_0000, end);
    end += (isSmaller ? packed : plain).copy(target, end);
  }
  // The end mark is a block of no bytes.
  return target.subarray(0, end + 4);
}

function descriptorChecksum(descriptor: Buffer): number {
  return (xxHash32(descriptor) >>> 8) & 0xff;
}

/** Plain bytes so far, bounded. */
class Growing {
  #buffer: Buffer = Buffer.alloc(4_096);
  #end = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  copy(source: Buffer, at: number, bytes: number): void {
    this.#makeRoom(bytes);
    source.copy(this.#buffer, this.#end, at, at + bytes);
    this.#end += bytes;
  }

  /** Copies what lies `distance` before the end; what is copied may be copied on. */
  repeat(distance: number, bytes: number): void {
    if (distance === 0 || distance > this.#end) {
      throw new Lz4Error("an LZ4 block that points before its start");
    }
    this.#makeRoom(bytes);
    const buffer = this.#buffer;
    for (let from = this.#end - distance, left = bytes; left > 0; left--) {
      buffer[this.#end++] = buffer[from++] as number;
    }
  }

  take(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed > this.#bytesMax) {
      throw new Lz4Error(`more than ${this.#bytesMax} bytes`);
    }
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(Math.min(this.#bytesMax, Math.max(needed, needed * 2)));
      this.#buffer.copy(larger, 0, 0, this.#end);
      this.#buffer = larger;
    }
  }
}

function inflateBlock(source: Buffer, start: number, end: number, target: Growing): void {
  let at = start;
  const length = (nibble: number): number => {
    let bytes = nibble;
    let more = nibble === 15;
    while (more) {
      if (at >= end) {
        throw new Lz4Error("an LZ4 block that is not whole");
      }
      const byte = source[at++] as number;
      bytes += byte;
      more = byte === 255;
    }
    return bytes;
  };
  while (at < end) {
    const token = source[at++] as number;
    const literals = length(token >>> 4);
    if (literals > end - at) {
      throw new Lz4Error("an LZ4 block that is not whole");
    }
    target.copy(source, at, literals);
    at += literals;
    if (at === end) {
      return;
    }
    if (at + 2 > end) {
      throw new Lz4Error("an LZ4 block that is not whole");
    }
    const distance = source.readUInt16LE(at);
    at += 2;
    target.repeat(distance, length(token & 15) + matchMin);
  }
}

/** Greedy: the latest place with the same four bytes is taken, as the format's "fast" mode does. */
function deflateBlock(source: Buffer): Buffer {
  const target: number[] = [];
  const places = new Int32Array(1 << hashBits).fill(-1);
  const lastMatch = source.length - endLiterals;
  let anchor = 0;
  let at = 0;
  while (at < lastMatch) {
    const word = source.readUInt32LE(at);
    const slot = Math.imul(word, 0x9e37_79b1) >>> (32 - hashBits);
    const place = places[slot] as number;
    places[slot] = at;
    if (place < 0 || at - place > 0xffff || source.readUInt32LE(place) !== word) {
      at++;
      continue;
    }
    let bytes = matchMin;
    while (at + bytes < source.length - 5 && source[place + bytes] === source[at + bytes]) {
      bytes++;
    }
    putSequence(target, source.subarray(anchor, at), at - place, bytes);
    at += bytes;
    anchor = at;
  }
  putSequence(target, source.subarray(anchor), 0, 0);
  return Buffer.from(target);
}

/** Literals, then a match; the last sequence has none. */
function putSequence(target: number[], literals: Buffer, distance: number, bytes: number): void {
  const more = bytes - matchMin;
  target.push((Math.min(15, literals.length) << 4) | (bytes === 0 ? 0 : Math.min(15, more)));
  putLength(target, literals.length);
  for (const byte of literals) {
    target.push(byte);
  }
  if (bytes > 0) {
    target.push(distance & 0xff, distance >>> 8);
    putLength(target, more);
  }
}

function putLength(target: number[], bytes: number): void {
  let rest = bytes - 15;
  while (rest >= 255) {
    target.push(255);
    rest -= 255;
  }
  if (rest >= 0) {
    target.push(rest);
  }
}
