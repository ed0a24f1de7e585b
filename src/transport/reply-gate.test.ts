/** Replies that wait for the log: order, one write a turn, refusals, and what is left behind: nothing. */
import { expect, test } from "bun:test";
import type { Durability } from "../broker/ports.ts";
import type { Clock } from "../io/clock.ts";
import type { Connection } from "../io/network.ts";
import { BufferPool } from "./buffer-pool.ts";
import { FlushList } from "./flush-list.ts";
import { unansweredForm } from "./gated-replies.ts";
import { ReplyGate } from "./reply-gate.ts";
import { Session, type SessionHost } from "./session.ts";

function bench() {
  const ends: (() => void)[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    elapsedMs: () => 0,
    after: () => ({ cancel() {} }),
    endOfTurn: (run) => {
      ends.push(run);
    },
  };
  const host: SessionHost = {
    pool: new BufferPool(),
    flushList: new FlushList(clock),
    receiver: { frame() {} },
    sweptMs: 0,
    unfinishedBytes: 0,
    backlogBytes: 0,
    receivedBytes: 0,
    sentBytes: 0,
    refusedFrames: 0,
    closed() {},
    flushed() {},
    tooManyUnfinished() {},
  };
  const listeners: (() => void)[] = [];
  const durability: { -readonly [K in keyof Durability]: Durability[K] } = {
    acknowledgedOffset: 0,
    isFailed: false,
    onAcknowledged: (listener) => {
      listeners.push(listener);
    },
  };
  const refused: string[] = [];
  const gate = new ReplyGate(durability, (session, opaque, form) => {
    refused.push(`${opaque}/${form}`);
    session.send(Buffer.from(`!${opaque}`));
  });
  return {
    durability,
    refused,
    host,
    session: () => sessionOf(host),
    push(session: Session, text: string, endOffset: number, opaque = 0, form = 0): void {
      const { output } = session.gated;
      const at = output.reserve(text.length);
      gate.push(session, at + output.buffer.write(text, at), endOffset, opaque, form);
    },
    acknowledge(offset: number): void {
      durability.acknowledgedOffset = offset;
      for (const listener of listeners) {
        listener();
      }
    },
    endTurn(): void {
      for (let index = 0; index < ends.length; index++) {
        ends[index]?.();
      }
      ends.length = 0;
    },
    gate,
  };
}

function sessionOf(host: SessionHost): { session: Session; writes: string[] } {
  const writes: string[] = [];
  const connection: Connection = {
    remoteHost: "127.0.0.1",
    remotePort: 1,
    localHost: "127.0.0.1",
    localPort: 2,
    write(source, start, end) {
      writes.push(source.toString("latin1", start, end));
      return end - start;
    },
    pause() {},
    resume() {},
    end() {},
    close() {},
  };
  return { session: new Session(connection, host), writes };
}

test("replies leave in order once their records are acknowledged, in one write a session and turn", () => {
  const { session, push, acknowledge, endTurn, gate } = bench();
  const one = session();
  const two = session();
  push(one.session, "a", 10);
  push(two.session, "b", 20);
  push(one.session, "c", 30);
  push(one.session, "d", 40);
  endTurn();
  expect([one.writes, two.writes]).toEqual([[], []]);
  acknowledge(30);
  endTurn();
  expect([one.writes, two.writes]).toEqual([["ac"], ["b"]]);
  expect(gate.isEmpty).toBe(false);
  acknowledge(40);
  endTurn();
  expect(one.writes).toEqual(["ac", "d"]);
  expect(gate.isEmpty).toBe(true);
});

test("a reply whose record is acknowledged already leaves with its turn", () => {
  const { session, push, acknowledge, endTurn, gate } = bench();
  const one = session();
  acknowledge(100);
  push(one.session, "now", 100);
  endTurn();
  expect(one.writes).toEqual(["now"]);
  expect(gate.isEmpty).toBe(true);
});

test("any number of replies keeps its order through growth and partial release", () => {
  const { session, push, acknowledge, endTurn } = bench();
  const one = session();
  let expected = "";
  for (let index = 0; index < 5_000; index++) {
    const text = `<${index}>`;
    expected += text;
    push(one.session, text, index + 1);
    if (index % 37 === 0) {
      acknowledge(index - 20);
      endTurn();
    }
  }
  acknowledge(5_000);
  endTurn();
  expect(one.writes.join("")).toBe(expected);
  expect([one.session.gated.count, one.session.output.pendingBytes]).toEqual([0, 0]);
});

test("when the disk fails for good each waiting request is refused in its form, one-way ones are not", () => {
  const { session, push, acknowledge, endTurn, durability, refused, gate } = bench();
  const one = session();
  push(one.session, "fine", 10, 7, 0);
  push(one.session, "lost", 20, 8, 1);
  push(one.session, "", 25, 9, unansweredForm);
  push(one.session, "lost", 30, -3, 0);
  durability.isFailed = true;
  acknowledge(10);
  endTurn();
  expect(one.writes).toEqual(["fine!8!-3"]);
  expect(refused).toEqual(["8/1", "-3/0"]);
  expect(gate.isEmpty).toBe(true);
});

test("a session that closed is forgotten with its replies, and its buffers are back", () => {
  const { session, push, acknowledge, endTurn, host, gate } = bench();
  const one = session();
  push(one.session, "nobody reads this", 10);
  one.session.close(one.session.connection, undefined);
  expect(host.pool.keptBytes).toBeGreaterThan(0);
  acknowledge(10);
  endTurn();
  expect([one.writes, gate.isEmpty]).toEqual([[], true]);
});
