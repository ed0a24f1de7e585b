/**
 * Questions to clients that wait for their answers (remoting 5), matched by connection and number.
 *
 * Bounded for each client and for all of them: a client that never answers costs whoever asked it the time limit,
 * and nobody else anything. An answer that comes too late, or that nobody asked for, is passed over.
 */
import type { ClientAnswer } from "../../broker/ports.ts";
import { DecodeError, MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import { type CommandHead, commandOf } from "../../protocol/remoting/command.ts";

interface Waiting {
  readonly timer: Timer;
  readonly resolve: (answer: ClientAnswer) => void;
  readonly reject: (error: MqError) => void;
}

export class ClientQuestions {
  readonly #clock: Clock;
  readonly #byClient = new Map<object, Map<number, Waiting>>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /** Waits for the answer to a question that was just given its number. Rejects with MqError. */
  add(client: object, opaque: number, timeoutMs: number): Promise<ClientAnswer> {
    const waiting = this.#byClient.get(client) ?? new Map<number, Waiting>();
    if (
      waiting.size >= limits.clientQuestionsMax ||
      this.#count >= limits.clientQuestionsTotalMax
    ) {
      return Promise.reject(
        new MqError("broker_busy", "[REJECTREQUEST]too many questions wait for clients"),
      );
    }
    this.#byClient.set(client, waiting);
    this.#count++;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        this.#take(client, opaque);
        reject(new MqError("client_timeout", `the client did not answer within ${timeoutMs} ms`));
      });
      waiting.set(opaque, { timer, resolve, reject });
    });
  }

  answered(client: object, source: Buffer, head: CommandHead): void {
    const waiting = this.#take(client, head.opaque);
    if (waiting === undefined) {
      return;
    }
    waiting.timer.cancel();
    try {
      const { code, remark, fields } = commandOf(source, head);
      const body = Buffer.from(source.subarray(head.bodyStart, head.bodyEnd));
      waiting.resolve({ code, remark, fields, body });
    } catch (error) {
      if (!(error instanceof DecodeError)) {
        throw error;
      }
      waiting.reject(new MqError("bad_request", `the client's answer: ${error.message}`));
    }
  }

  /** The client's connection closed. */
  gone(client: object): void {
    for (const opaque of [...(this.#byClient.get(client)?.keys() ?? [])]) {
      const waiting = this.#take(client, opaque);
      waiting?.timer.cancel();
      waiting?.reject(new MqError("bad_request", "the client went away before it answered"));
    }
  }

  #take(client: object, opaque: number): Waiting | undefined {
    const ofClient = this.#byClient.get(client);
    const waiting = ofClient?.get(opaque);
    if (ofClient !== undefined && waiting !== undefined) {
      ofClient.delete(opaque);
      this.#count--;
      if (ofClient.size === 0) {
        this.#byClient.delete(client);
      }
    }
    return waiting;
  }
}
