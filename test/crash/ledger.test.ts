/** The ledger judges every crash run, so each kind of loss is planted and must be found. */
import { expect, test } from "bun:test";
import { Ledger } from "./ledger.ts";
import type { QueueName } from "./queue-name.ts";

const queue: QueueName = "orders/0";

function ledgerWith(messageCount: number) {
  const ledger = new Ledger({ seed: 7, bodyBytesMax: 200 });
  const messages = Array.from({ length: messageCount }, (_, offset) => {
    const { number, body } = ledger.send();
    ledger.acknowledge(number, queue, offset);
    return { offset, body };
  });
  return { ledger, messages };
}

function checkQueue(
  ledger: Ledger,
  messages: readonly { readonly offset: number; readonly body: Buffer }[],
): void {
  ledger.endOfQueue(queue, ledger.read(queue, 0, messages));
}

test("what was acknowledged and is read back whole is no violation", () => {
  const { ledger, messages } = ledgerWith(5);
  checkQueue(ledger, messages);
  expect(ledger.violations).toEqual([]);
  expect(ledger.settledCount).toBe(5);
});

test("bodies differ, and are the same for the same seed and number", () => {
  const ledger = new Ledger({ seed: 7, bodyBytesMax: 200 });
  expect(ledger.bodyOf(3).equals(new Ledger({ seed: 7, bodyBytesMax: 200 }).bodyOf(3))).toBe(true);
  expect(ledger.bodyOf(3).equals(ledger.bodyOf(4))).toBe(false);
});

test("an acknowledged message that is gone is found", () => {
  const { ledger, messages } = ledgerWith(5);
  checkQueue(ledger, messages.slice(0, 4));
  expect(ledger.violations).toEqual(["orders/0: message 4 at 4 is lost"]);
});

test("a hole in a queue is found", () => {
  const { ledger, messages } = ledgerWith(3);
  checkQueue(
    ledger,
    [messages[0], messages[2]].filter((message) => message !== undefined),
  );
  expect(ledger.violations).toEqual(["orders/0: offset 1 expected, 2 was read"]);
});

test("one flipped bit is found", () => {
  const { ledger, messages } = ledgerWith(2);
  const body = Buffer.from(messages[1]?.body ?? "");
  body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
  checkQueue(ledger, [...messages.slice(0, 1), { offset: 1, body }]);
  expect(ledger.violations).toEqual([`orders/0: at 1 lie ${body.length} bytes that nobody sent`]);
});

test("one offset given to two messages is found", () => {
  const { ledger } = ledgerWith(1);
  ledger.acknowledge(ledger.send().number, queue, 0);
  expect(ledger.violations).toEqual(["orders/0: at 0 lay message 0, now 1 is acknowledged there"]);
});

test("a message in doubt may be there or not, but once read it stays", () => {
  const { ledger, messages } = ledgerWith(1);
  const doubtful = { offset: 1, body: ledger.send().body };
  checkQueue(ledger, messages);
  checkQueue(ledger, [...messages, doubtful]);
  expect(ledger.violations).toEqual([]);
  checkQueue(ledger, messages);
  expect(ledger.violations).toEqual(["orders/0: message 1 at 1 is lost"]);
});

test("an answer after the sample for a power cut proves nothing", () => {
  const { ledger, messages } = ledgerWith(1);
  ledger.freeze();
  ledger.acknowledge(ledger.send().number, queue, 1);
  ledger.thaw();
  checkQueue(ledger, messages);
  expect(ledger.violations).toEqual([]);
});

test("a group's offset may not go back behind its acknowledgement, nor ahead of what was asked", () => {
  const { ledger } = ledgerWith(0);
  ledger.askOffset(queue, 4);
  ledger.acknowledgeOffset(queue, 4);
  ledger.askOffset(queue, 6);
  ledger.checkOffset(queue, 6);
  expect(ledger.violations).toEqual([]);
  ledger.checkOffset(queue, 5);
  ledger.checkOffset(queue, undefined);
  ledger.checkOffset(queue, 7);
  expect(ledger.violations).toEqual([
    "orders/0: group offset 6 was kept, 5 is there",
    "orders/0: group offset 6 was kept, 0 is there",
    "orders/0: group offset 7 is there, 6 was the last asked",
  ]);
});
