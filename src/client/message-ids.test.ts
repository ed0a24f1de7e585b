/** Tests of ids: what was put together comes apart again, and each form is told from the other. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatOffsetMessageId } from "../record/message-id.ts";
import { decodeMessageId } from "./message-ids.ts";
import { createUniqueKeys } from "./unique-key.ts";

test("an offset id says host, port and offset, whatever they are", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("127.0.0.1", "255.1.0.9", "fe80:0:0:0:0:0:0:1"),
      fc.integer({ min: 1, max: 65_535 }),
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      (host, port, physicalOffset) => {
        const id = formatOffsetMessageId({ host, port }, physicalOffset);
        expect(decodeMessageId(id)).toEqual({ kind: "offset", host, port, physicalOffset });
        expect(decodeMessageId(id.toLowerCase(), "unique").kind).toBe("unique");
      },
    ),
  );
});

test("a unique key says process, mark, time and counter", () => {
  // Java's client 5.5.0: process 0x1C18 on 10.0.0.1.
  expect(decodeMessageId("0A0000011C18B4AAC2062C4E5A000007")).toEqual({
    kind: "unique",
    host: "10.0.0.1",
    processId: 0x1c18,
    instance: "B4AAC206",
    sinceMonthMs: 0x2c4e5a00,
    counter: 7,
  });
});

test("a unique key of ours says when in its month it was made", () => {
  const nowMs = Date.UTC(2026, 10, 23, 9, 30, 0, 5);
  const random = { below: () => 41, hex: (bytes: number) => "7f".repeat(bytes) };
  const clock = { nowMs: () => nowMs } as Parameters<typeof createUniqueKeys>[0];
  expect(decodeMessageId(createUniqueKeys(clock, random)())).toMatchObject({
    kind: "unique",
    sinceMonthMs: nowMs - Date.UTC(2026, 10, 1),
    counter: 42,
  });
});

test("other texts are no ids", () => {
  for (const text of ["", "7F", "x".repeat(32), "0".repeat(33), "0".repeat(40)]) {
    expect(() => decodeMessageId(text)).toThrow("32 or 56");
  }
});
