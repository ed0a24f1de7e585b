/**
 * The official Java client under the load program of `test/bench/java`. It is built once into the cache
 * folder, by Maven for the client's jars and javac for the two classes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Children } from "./children.ts";
import {
  type ClientCount,
  type LoadRequest,
  type LoadRunner,
  readNumber,
  type WindowEdges,
} from "./load.ts";

const sourceFolder = join(import.meta.dir, "../../test/bench/java");
const heap = ["-Xms512m", "-Xmx512m"];

function sourcePaths(): string[] {
  const folder = join(sourceFolder, "src/main/java/bench");
  return readdirSync(folder).map((name) => join(folder, name));
}

function runTool(command: string[], cwd: string): void {
  const done = Bun.spawnSync(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  if (done.exitCode !== 0) {
    throw new Error(
      `${command[0]} failed in ${cwd}:\n${done.stdout.toString()}${done.stderr.toString()}`,
    );
  }
}

/** Builds what is missing or older than its sources. Needs Maven Central the first time only. */
export function buildJavaClient(cacheFolder: string): string {
  const home = join(cacheFolder, "java-client");
  const stampPath = join(home, "sources.sha256");
  const pom = join(sourceFolder, "pom.xml");
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of [pom, ...sourcePaths()]) {
    hasher.update(readFileSync(path));
  }
  const stamp = hasher.digest("hex");
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) {
    return home;
  }
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, "classes"), { recursive: true });
  const libraries = join(home, "lib");
  runTool(
    [
      "mvn",
      "-q",
      "-B",
      "dependency:copy-dependencies",
      `-DoutputDirectory=${libraries}`,
      "-DincludeScope=runtime",
    ],
    sourceFolder,
  );
  runTool(
    ["javac", "-d", join(home, "classes"), "-cp", `${libraries}/*`, ...sourcePaths()],
    sourceFolder,
  );
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
      `${join(this.#home, "classes")}:${join(this.#home, "lib")}/*`,
      "bench.SendLoad",
      "--nameserver",
      request.nameserver,
      "--topic",
      request.topic,
      "--warmup-ms",
      String(request.warmupMs),
      "--duration-ms",
      String(request.windowMs),
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
