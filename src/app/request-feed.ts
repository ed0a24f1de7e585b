/**
 * `/monitor`: the sampled requests of a broker as JSON lines, for as long as somebody reads. A line is a request, or
 * `{"dropped": N}` for those that matched and were left out; an empty line every few seconds shows that it lives.
 * `?every=100&code=310&code=SEND_MESSAGE&topic=orders&group=billing` choose.
 */
import { MqError } from "../core/error.ts";
import type { Clock } from "../io/clock.ts";
import type { HttpStream } from "../io/http.ts";
import { requestCodes, requestName } from "../protocol/remoting/request-code.ts";
import type { SeenRequest, Watcher, WatchOptions } from "../transport/remoting/request-watch.ts";

const flushEveryMs = 100;
const aliveEveryMs = 3_000;
const everyMax = 1_000_000;
const known = ["every", "code", "topic", "group"];

/** What the query asks for. Throws MqError `bad_request` for what it cannot mean. */
export function watchOptions(query: URLSearchParams): WatchOptions {
  for (const name of query.keys()) {
    if (!known.includes(name)) {
      throw new MqError("bad_request", `'${name}' is none of ${known.join(", ")}`);
    }
  }
  const every = Number(query.get("every") ?? 1);
  if (!Number.isInteger(every) || every < 1 || every > everyMax) {
    throw new MqError("bad_request", `every: no whole number of 1 to ${everyMax}`);
  }
  return {
    every,
    codes: new Set(query.getAll("code").map(codeOf)),
    topic: query.get("topic") ?? undefined,
    group: query.get("group") ?? undefined,
  };
}

function codeOf(text: string): number {
  const wanted = text.toUpperCase();
  const found = /^\d+$/.test(text)
    ? Number(text)
    : requestCodes().find((code) => requestName(code) === wanted);
  if (found === undefined) {
    throw new MqError("bad_request", `'${text}' is no request code nor the name of one`);
  }
  return found;
}

export class RequestFeed implements HttpStream {
  readonly #watcher: Watcher;
  readonly #clock: Clock;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(watcher: Watcher, clock: Clock) {
    this.#watcher = watcher;
    this.#clock = clock;
  }

  async next(): Promise<string | undefined> {
    // At once for the first time, so that the reader knows that it is watching.
    while (!this.#isClosed) {
      const { seen, dropped } = this.#watcher.take();
      const lines = dropped > 0 ? [`${JSON.stringify({ dropped })}\n`] : [];
      for (const each of seen) {
        lines.push(`${JSON.stringify(lineOf(each))}\n`);
      }
      const nowMs = this.#clock.elapsedMs();
      if (lines.length > 0 || nowMs - this.#saidAtMs >= aliveEveryMs) {
        this.#saidAtMs = nowMs;
        return lines.length > 0 ? lines.join("") : "\n";
      }
      await new Promise<void>((resolve) => this.#clock.after(flushEveryMs, resolve));
    }
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher.close();
  }
}

function lineOf(seen: SeenRequest) {
  const numberOrNull = (text: string | undefined): number | null => {
    const value = Number(text ?? Number.NaN);
    return Number.isSafeInteger(value) ? value : null;
  };
  return {
    timeMs: seen.atMs,
    peer: seen.peer,
    code: seen.code,
    request: seen.name ?? null,
    language: seen.language,
    version: seen.version,
    oneway: seen.isOneway,
    headerBytes: seen.headerBytes,
    bodyBytes: seen.bodyBytes,
    topic: seen.topic ?? null,
    group: seen.group ?? null,
    queue: numberOrNull(seen.queueId),
    offset: numberOrNull(seen.offset),
  };
}
