/** xxHash, 32 bits, seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md): what LZ4 frames are checked with. */

const p1 = 0x9e3779b1;
const p2 = 0x85ebca77;
const p3 = 0xc2b2ae3d;
const p4 = 0x27d4eb2f;
const p5 = 0x165667b1;

/** Hash of the bytes, as an unsigned number. */
export function xxHash32(source: Buffer): number {
  let at = 0;
  let hash = p5;
  if (source.length >= 16) {
    const lanes = new Int32Array([p1 + p2, p2, 0, -p1]);
    for (; at + 16 <= source.length; at += 16) {
      for (let lane = 0; lane < 4; lane++) {
        const seen = (lanes[lane] as number) + Math.imul(source.readInt32LE(at + lane * 4), p2);
        lanes[lane] = Math.imul(rotated(seen, 13), p1);
      }
    }
    const [a = 0, b = 0, c = 0, d = 0] = lanes;
    hash = rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
  }
  hash = (hash + source.length) | 0;
  for (; at + 4 <= source.length; at += 4) {
    hash = Math.imul(rotated(hash + Math.imul(source.readInt32LE(at), p3), 17), p4);
  }
  for (; at < source.length; at++) {
    hash = Math.imul(rotated(hash + Math.imul(source[at] as number, p5), 11), p1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), p2);
  hash = Math.imul(hash ^ (hash >>> 13), p3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
