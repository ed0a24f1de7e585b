/** Questions to clients: who waits how long for which answer. */
import { expect, test } from "bun:test";
import { MqError } from "../../core/error.ts";
import type { Clock } from "../../io/clock.ts";
import { CommandHead, encodeCommand, peekCommand } from "../../protocol/remoting/command.ts";
import { ClientQuestions } from "./client-questions.ts";

/** A clock whose timers run when the test says so. */
function manualClock() {
  const timers = new Map<object, { readonly delayMs: number; readonly run: () => void }>();
  const clock: Clock = {
    nowMs: () => 0,
    elapsedMs: () => 0,
    endOfTurn: (run) => run(),
    after(delayMs, run) {
      const timer = { cancel: () => timers.delete(timer) };
      timers.set(timer, { delayMs, run });
      return timer;
    },
  };
  return { clock, timers };
}

function answerTo(opaque: number): { readonly frame: Buffer; readonly head: CommandHead } {
  const frame = encodeCommand({ code: 0, opaque, flag: 1, serializeType: 0 });
  const head = new CommandHead();
  peekCommand(frame, 4, frame.length, head);
  return { frame, head };
}

async function kindOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "answered";
  } catch (error) {
    return error instanceof MqError ? error.kind : "another error";
  }
}

test("a question without an answer ends with client_timeout when its time is over, and leaves nothing", async () => {
  const { clock, timers } = manualClock();
  const questions = new ClientQuestions(clock);
  const asked = questions.add({}, 1, 10_000);
  const [timer] = [...timers.values()];
  expect(timer?.delayMs).toBe(10_000);
  timer?.run();
  expect([await kindOf(asked), questions.count]).toEqual(["client_timeout", 0]);
});

test("an answer ends the wait of its own connection's question only, and cancels its timer", async () => {
  const { clock, timers } = manualClock();
  const questions = new ClientQuestions(clock);
  const [one, two] = [{}, {}];
  const first = questions.add(one, 7, 10_000);
  const second = questions.add(two, 7, 10_000);
  const { frame, head } = answerTo(7);
  questions.answered(one, frame, head);
  questions.answered(one, frame, head);
  expect([await kindOf(first), questions.count, timers.size]).toEqual(["answered", 1, 1]);
  questions.gone(two);
  expect([await kindOf(second), questions.count, timers.size]).toEqual(["bad_request", 0, 0]);
});

test("all clients together have a bound, which others' answers make room in", async () => {
  const { clock } = manualClock();
  const questions = new ClientQuestions(clock);
  const clients = Array.from({ length: 64 }, () => ({}));
  const asked: Promise<string>[] = [];
  for (const client of clients) {
    for (let opaque = 0; opaque < 16; opaque++) {
      asked.push(kindOf(questions.add(client, opaque, 10_000)));
    }
  }
  expect(questions.count).toBe(1_024);
  expect(await kindOf(questions.add({}, 1, 10_000))).toBe("broker_busy");
  questions.gone(clients[0] as object);
  const asks = questions.add({}, 1, 10_000);
  expect(questions.count).toBe(1_024 - 16 + 1);
  for (const client of clients) {
    questions.gone(client);
  }
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["bad_request"]));
  asks.catch(() => undefined);
});
