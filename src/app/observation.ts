/**
 * What probes and dashboards ask a server process over HTTP: `/healthz` (it lives), `/readyz` (it serves, or why not)
 * and `/metrics`, and where they are wanted `/monitor` (request-feed.ts), `/profile` and `/heap` (profiling.ts). It answers from before the store is opened, so that a long start is seen as one.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { Clock } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import type { HttpListener, HttpPort, HttpReply } from "../io/http.ts";
import type { Address } from "../io/network.ts";
import type { ProcessUsage } from "../io/process.ts";
import type { Profiler } from "../io/profiler.ts";
import { checkListen } from "./listeners.ts";
import type { MetricsExporter } from "./metrics/open-telemetry.ts";
import { type Observed, takeSnapshot } from "./metrics/snapshot.ts";
import { Profiling } from "./profiling.ts";
import { RequestFeed, watchOptions } from "./request-feed.ts";

export interface ObservationOptions {
  readonly http: HttpPort;
  readonly listen: Address;
  readonly insecureListen?: boolean | undefined;
  /** Whether whoever reaches it may watch the broker's requests. */
  readonly hasMonitor?: boolean | undefined;
  /** Where whoever reaches it may take profiles of the process: what loads its profiler. */
  readonly profiler?: (() => Promise<Profiler>) | undefined;
  /** What the process takes of the machine. */
  readonly usage: () => ProcessUsage;
}

const status = { ok: 200, badRequest: 400, notFound: 404, tooMany: 429, unavailable: 503 } as const;
const jsonLines = "application/x-ndjson";
const plainText = "text/plain; charset=utf-8";
const prometheusText = "text/plain; version=0.0.4; charset=utf-8";

export class Observation {
  readonly #listener: HttpListener;
  readonly #exporter: MetricsExporter;
  readonly #clock: Clock;
  readonly #hasMonitor: boolean;
  readonly #profiling: Profiling | undefined;
  #observed: Observed | undefined;
  /** Scrapes that come while one is answered share its answer. */
  #scrape: Promise<string> | undefined;

  private constructor(
    exporter: (observed: () => Observed) => MetricsExporter,
    clock: Clock,
    { http, listen, hasMonitor = false, profiler }: ObservationOptions,
  ) {
    this.#clock = clock;
    this.#profiling = profiler && new Profiling(profiler, clock);
    this.#hasMonitor = hasMonitor;
    this.#exporter = exporter(() => this.#observed ?? {});
    this.#listener = http.listen(listen, (path, query) => this.#answer(path, query));
  }

  /** Listens. Throws MqError for an address that may not be, NetworkError when it cannot. */
  static async start(environment: Environment, options: ObservationOptions): Promise<Observation> {
    checkListen(options.listen, options);
    const { createExporter } = await import("./metrics/open-telemetry.ts");
    return new Observation(
      (observed) =>
        createExporter(() => takeSnapshot(observed(), environment.clock, options.usage)),
      environment.clock,
      options,
    );
  }

  get address(): Address {
    return { host: this.#listener.host, port: this.#listener.port };
  }

  /** From now on these are told of; before, the process is not ready. */
  attach(observed: Observed): void {
    this.#observed = observed;
  }

  /** Idempotent. */
  stop(): void {
    this.#listener.close();
  }

  async #answer(path: string, query: URLSearchParams): Promise<HttpReply> {
    switch (path) {
      case "/healthz":
        return { status: status.ok, contentType: plainText, body: "alive\n" };
      case "/readyz":
        return this.#readiness();
      case "/metrics":
        return { status: status.ok, contentType: prometheusText, body: await this.#metrics() };
      case "/monitor":
        return this.#monitor(query);
      case "/profile":
        return (await this.#profiling?.cpu(query)) ?? profilesAreOff();
      case "/heap":
        return (await this.#profiling?.heap()) ?? profilesAreOff();
      default:
        return {
          status: status.notFound,
          contentType: plainText,
          body: "/healthz, /readyz and /metrics are there\n",
        };
    }
  }

  #readiness(): HttpReply {
    const reason = whyNotReady(this.#observed);
    return reason === undefined
      ? { status: status.ok, contentType: plainText, body: "ready\n" }
      : { status: status.unavailable, contentType: plainText, body: `not ready: ${reason}\n` };
  }

  #monitor(query: URLSearchParams): HttpReply {
    const no = (code: number, why: string): HttpReply => ({
      status: code,
      contentType: plainText,
      body: `${why}\n`,
    });
    if (!this.#hasMonitor) {
      return no(status.notFound, "the monitor is off: --http-monitor turns it on");
    }
    const broker = this.#observed?.broker;
    if (broker === undefined) {
      return no(status.unavailable, "no broker serves here yet");
    }
    try {
      const watcher = broker.requests.open(watchOptions(query));
      return watcher === undefined
        ? no(status.tooMany, `${limits.requestWatchersMax} watch already`)
        : {
            status: status.ok,
            contentType: jsonLines,
            body: new RequestFeed(watcher, this.#clock),
          };
    } catch (error) {
      if (error instanceof MqError) {
        return no(status.badRequest, error.message);
      }
      throw error;
    }
  }

  async #metrics(): Promise<string> {
    this.#scrape ??= this.#exporter.scrape().finally(() => {
      this.#scrape = undefined;
    });
    return await this.#scrape;
  }
}

function profilesAreOff(): HttpReply {
  return {
    status: status.notFound,
    contentType: plainText,
    body: "profiles are off: --http-profile turns them on\n",
  };
}

function whyNotReady(observed: Observed | undefined): string | undefined {
  if (observed === undefined) {
    return "the store is being opened";
  }
  const stats = observed.broker?.stats();
  if (stats === undefined) {
    return undefined;
  }
  if (!stats.health.isWritable) {
    return `sends are refused: ${stats.health.reason ?? "the broker stops"}`;
  }
  if (stats.nameservers > 0 && stats.registeredNameservers === 0) {
    return `registered at none of ${stats.nameservers} nameservers, so that no client finds it`;
  }
  return undefined;
}
