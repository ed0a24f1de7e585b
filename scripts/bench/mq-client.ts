/** `mq bench` as the measuring client: cheap enough that a broker, not the client, is the limit. */
import type { Children } from "./children.ts";
import {
  type ClientCount,
  type LoadRequest,
  type LoadRunner,
  readNumber,
  type WindowEdges,
} from "./load.ts";

export class MqClient implements LoadRunner {
  readonly client = "mq";
  readonly #children: Children;
  readonly #executable: string;

  constructor(children: Children, executable: string) {
    this.#children = children;
    this.#executable = executable;
  }

  /** Warm-up is a run of its own; the edges of the window are the start and the end of the second. */
  async run(request: LoadRequest, edges: WindowEdges): Promise<ClientCount> {
    if (request.warmupMs > 0) {
      await this.#bench(request, request.warmupMs, undefined);
    }
    return this.#bench(request, request.windowMs, edges);
  }

  async #bench(
    request: LoadRequest,
    durationMs: number,
    edges: WindowEdges | undefined,
  ): Promise<ClientCount> {
    const outputLines: string[] = [];
    const errorLines: string[] = [];
    const command = [
      this.#executable,
      "bench",
      request.direction === "send" ? "produce" : "consume",
      "--nameserver",
      request.nameserver,
      "--topic",
      request.topic,
      "--duration",
      `${durationMs / 1000}s`,
      "-o",
      "json",
      ...request.arguments,
    ];
    const child = this.#children.start(command, {
      onOutputLine: (line) => {
        outputLines.push(line);
      },
      onErrorLine: (line) => errorLines.push(line),
    });
    edges?.opened(0);
    const code = await child.finished;
    edges?.closed(child.cpuSeconds());
    if (code !== 0) {
      throw new Error(
        `${command.join(" ")} ended with ${code}:\n${[...outputLines, ...errorLines].join("\n")}`,
      );
    }
    const report: unknown = JSON.parse(outputLines.join("\n"));
    return {
      messages: readNumber(report, "messages"),
      failures: request.direction === "send" ? readNumber(report, "failures") : 0,
      firstFailure: errorLines.at(-1) ?? "",
      seconds: readNumber(report, "seconds"),
      p50Us: readNumber(report, "p50Us"),
      p99Us: readNumber(report, "p99Us"),
      p999Us: readNumber(report, "p999Us"),
    };
  }
}
