/** Any cut of a stream gives the same frames (remoting 1.1). */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DecodeError } from "../../src/core/error.ts";
import { FrameReader } from "../../src/protocol/remoting/frame-reader.ts";

function streamOf(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(body.length);
      return [word, body];
    }),
  );
}

const anyBodies = fc.array(fc.uint8Array({ minLength: 4, maxLength: 300 }), { maxLength: 12 });

describe("the frame reader", () => {
  test("any cut of the stream yields the same frames", () => {
    fc.assert(
      fc.property(anyBodies, fc.array(fc.integer({ min: 1, max: 90 })), (bodies, cuts) => {
        const stream = streamOf(bodies);
        const reader = new FrameReader(300);
        const frames: Buffer[] = [];
        let at = 0;
        for (let index = 0; at < stream.length; index++) {
          const next = at + (cuts[index % Math.max(1, cuts.length)] ?? stream.length);
          reader.push(stream.subarray(at, next), (source, start, end) => {
            frames.push(Buffer.from(source.subarray(start, end)));
          });
          at = next;
        }
        expect(frames.map((frame) => frame.toString("hex"))).toEqual(
          bodies.map((body) => Buffer.from(body).toString("hex")),
        );
        expect(reader.pendingBytes).toBe(0);
      }),
    );
  });

  test("what is left of a cut frame is counted", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 50 }), fc.nat(53), (body, cut) => {
        const stream = streamOf([body]);
        const reader = new FrameReader(50);
        const head = stream.subarray(0, Math.min(cut, stream.length - 1));
        reader.push(head, () => {
          throw new Error("no frame is whole");
        });
        expect(reader.pendingBytes).toBe(head.length);
      }),
    );
  });

  test("any bytes give frames or a DecodeError, and never hold more than was sent", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const reader = new FrameReader(1000);
        let sent = 0;
        try {
          for (const chunk of chunks) {
            sent += chunk.length;
            reader.push(Buffer.from(chunk), () => {});
            expect(reader.pendingBytes).toBeLessThanOrEqual(sent);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});
