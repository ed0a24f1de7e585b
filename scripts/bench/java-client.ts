/**
 * The official Java client under the load program of `test/bench/java`. It is built once into the cache
 * folder: the client's jars come from Maven Central, the two classes of the program from javac.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchJars } from "../peer/maven.ts";
import type { Children } from "./children.ts";
import {
  type ClientCount,
  type LoadRequest,
  type LoadRunner,
  readNumber,
  type WindowEdges,
} from "./load.ts";

const clientVersion = "5.5.0";
const sourceFolder = join(import.meta.dir, "../../test/bench/java/src/main/java/bench");
const heap = ["-Xms512m", "-Xmx512m"];
const compileTimeoutMs = 120_000;

/** Builds what is missing or older than its sources; returns its folder. Needs Maven Central the first time only. */
export async function buildJavaClient(cacheFolder: string): Promise<string> {
  const home = join(cacheFolder, "java-client");
  const classes = join(home, "classes");
  const libraries = join(home, `lib-${clientVersion}`);
  const stampPath = join(home, "sources.sha256");
  await fetchJars(
    [{ group: "org.apache.rocketmq", name: "rocketmq-client", version: clientVersion }],
    libraries,
  );
  const sources = readdirSync(sourceFolder).map((name) => join(sourceFolder, name));
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of sources) {
    hasher.update(readFileSync(path));
  }
  const stamp = hasher.digest("hex");
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) {
    return home;
  }
  rmSync(classes, { recursive: true, force: true });
  mkdirSync(classes, { recursive: true });
  const compiler = spawnSync("javac", ["-d", classes, "-cp", `${libraries}/*`, ...sources], {
    encoding: "utf8",
    timeout: compileTimeoutMs,
  });
  if (compiler.status !== 0) {
    throw new Error(`javac failed: ${compiler.error?.message ?? compiler.stderr}`);
  }
  writeFileSync(stampPath, stamp);
  return home;
}

export class JavaClient implements LoadRunner {
  readonly client = "java";
  readonly #children: Children;
  readonly #home: string;
  readonly #serialization: "JSON" | "ROCKETMQ";

  constructor(children: Children, home: string, serialization: "JSON" | "ROCKETMQ") {
    this.#children = children;
    this.#home = home;
    this.#serialization = serialization;
  }

  async run(request: LoadRequest, edges: WindowEdges): Promise<ClientCount> {
    const outputLines: string[] = [];
    const errorLines: string[] = [];
    const command = [
      "java",
      ...heap,
      `-Drocketmq.serialize.type=${this.#serialization}`,
      // The client writes its own log below the home folder.
      `-Duser.home=${join(this.#home, "home")}`,
      "-cp",
      `${join(this.#home, "classes")}:${join(this.#home, `lib-${clientVersion}`)}/*`,
      "bench.Main",
      "--nameserver",
      request.nameserver,
      "--topic",
      request.topic,
      "--warmup-ms",
      String(request.warmupMs),
      "--duration-ms",
      String(request.windowMs),
      ...(request.count === undefined ? [] : ["--count", String(request.count)]),
      ...request.arguments,
    ];
    const child = this.#children.start(command, {
      onOutputLine: (line) => outputLines.push(line),
      onErrorLine: (line) => {
        if (line === "window open") {
          edges.opened(child.cpuSeconds());
        } else if (line === "window closed") {
          edges.closed(child.cpuSeconds());
        } else {
          errorLines.push(line);
        }
      },
    });
    const code = await child.finished;
    const line = outputLines.find((each) => each.startsWith("{"));
    if (code !== 0 || line === undefined) {
      throw new Error(
        `the Java client ended with ${code}:\n${[...outputLines, ...errorLines].join("\n")}`,
      );
    }
    const report: unknown = JSON.parse(line);
    const firstFailure: unknown =
      typeof report === "object" && report !== null ? Reflect.get(report, "firstFailure") : "";
    return {
      messages: readNumber(report, "messages"),
      failures: readNumber(report, "failures"),
      firstFailure: String(firstFailure ?? ""),
      seconds: readNumber(report, "seconds"),
      p50Us: readNumber(report, "p50Us"),
      p99Us: readNumber(report, "p99Us"),
      p999Us: readNumber(report, "p999Us"),
    };
  }
}
