/** Tests of LZ4 frames: what is packed comes out again, what the reference tool packed too, and nothing else harms. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { deflate, inflate } from "./compress.ts";
import { xxHash32 } from "./xx-hash32.ts";

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5_000 }))
    .map(([piece, times]) => Buffer.concat(Array.from({ length: times }, () => piece))),
);

test("what is packed comes out again, with every kind", () => {
  fc.assert(
    fc.property(bytes, fc.constantFrom("lz4", "zlib", "zstd"), (source, kind) => {
      const plain = Buffer.from(source);
      const packed = deflate(plain, kind);
      expect(inflate(packed, kind, plain.length + 1).equals(plain)).toBe(true);
    }),
    { numRuns: 300 },
  );
  const text = Buffer.from("the same words, ".repeat(20_000));
  expect(deflate(text, "lz4").length).toBeLessThan(text.length / 50);
});

test("frames of the reference tool are read, and damaged ones refused", () => {
  const plain = "hello hello hello hello hello hello\n";
  // lz4 --content-size -BX, then lz4 -9 --no-frame-crc
  const frames = [
    "04224d187c40240000000000000021100000006f68656c6c6f2006000650656c6c6f0a1f7af8920000000053ce9936",
    "04224d18604082100000006f68656c6c6f2006000650656c6c6f0a00000000",
  ].map((hex) => Buffer.from(hex, "hex"));
  for (const frame of frames) {
    expect(inflate(frame, "lz4", plain.length).toString()).toBe(plain);
    expect(() => inflate(frame, "lz4", plain.length - 1)).toThrow("more than 35 bytes");
    expect(() => inflate(frame.subarray(0, -5), "lz4", 1_000)).toThrow("LZ4");
  }
  const [checked = Buffer.alloc(0)] = frames;
  checked[checked.length - 1] = 0;
  expect(() => inflate(checked, "lz4", 1_000)).toThrow("contents are damaged");
});

test("arbitrary changes are refused or read, never more than is allowed", () => {
  const whole = deflate(Buffer.from("abcdefgh".repeat(200)), "lz4");
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
      const source = Buffer.from(whole.subarray(0, end));
      if (at < end) {
        source[at] = byte;
      }
      try {
        expect(inflate(source, "lz4", 4_000).length).toBeLessThanOrEqual(4_000);
      } catch (error) {
        expect(error).toHaveProperty("name", "CompressionError");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("the hash is xxHash32", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (source) => {
      expect(xxHash32(Buffer.from(source))).toBe(Bun.hash.xxHash32(source));
    }),
  );
});
