/** `/profile` and `/heap` of a server that was told to have them: one at a time, for so many seconds at most. */
import type { Clock } from "../io/clock.ts";
import type { HttpReply } from "../io/http.ts";
import type { Profiler } from "../io/profiler.ts";
import { CpuProfileStream, TextPieces } from "./profile-stream.ts";

const secondsMax = 300;
const secondsDefault = 10;
const json = "application/json";
const status = { ok: 200, badRequest: 400, tooMany: 429 } as const;

export class Profiling {
  readonly #load: () => Promise<Profiler>;
  readonly #clock: Clock;
  #isBusy = false;

  /** The profiler is loaded when somebody asks for the first profile: until then it costs nothing. */
  constructor(load: () => Promise<Profiler>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
  }

  /** `?seconds=N`. */
  async cpu(query: URLSearchParams): Promise<HttpReply> {
    const seconds = Number(query.get("seconds") ?? secondsDefault);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > secondsMax) {
      return refusal(status.badRequest, `seconds is no whole number of 1 to ${secondsMax}`);
    }
    if (this.#isBusy) {
      return busy();
    }
    this.#isBusy = true;
    const done = (): void => {
      this.#isBusy = false;
    };
    try {
      const profiler = await this.#load();
      await profiler.start();
      const body = new CpuProfileStream(profiler, {
        clock: this.#clock,
        durationMs: seconds * 1_000,
        onEnd: done,
      });
      return { status: status.ok, contentType: json, body };
    } catch (error) {
      done();
      throw error;
    }
  }

  async heap(): Promise<HttpReply> {
    if (this.#isBusy) {
      return busy();
    }
    const profiler = await this.#load();
    return { status: status.ok, contentType: json, body: new TextPieces(profiler.heap()) };
  }
}

function busy(): HttpReply {
  return refusal(status.tooMany, "a profile is being taken already");
}

function refusal(code: number, why: string): HttpReply {
  return { status: code, contentType: "text/plain; charset=utf-8", body: `${why}\n` };
}
