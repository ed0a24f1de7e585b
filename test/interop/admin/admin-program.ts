/** RocketMQ's mqadmin of one version in a JVM that runs many commands: built, started, asked, ended in time. */
import { spawn, spawnSync } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fetchJars } from "../../../scripts/peer/maven.ts";

const sourceFolder = join(import.meta.dir, "../java-admin/admin");
const compileTimeoutMs = 120_000;
const commandTimeoutMs = 60_000;

/** The newest of each line whose tools are published. */
export const toolVersions = ["5.5.0", "4.9.7"] as const;

/** Fetches the tools and compiles the program; returns its class path. */
export async function buildAdminProgram(version: string, cacheFolder: string): Promise<string> {
  const home = join(cacheFolder, `mqadmin-${version}`);
  const libraries = join(home, "lib");
  const classes = join(home, "classes");
  await fetchJars([{ group: "org.apache.rocketmq", name: "rocketmq-tools", version }], libraries);
  const sources = readdirSync(sourceFolder).map((name) => join(sourceFolder, name));
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of sources) {
    hasher.update(readFileSync(path));
  }
  const compiled = join(classes, hasher.digest("hex").slice(0, 16));
  if (!existsSync(compiled)) {
    rmSync(classes, { recursive: true, force: true });
    mkdirSync(compiled, { recursive: true });
    const words = ["-nowarn", "-Xlint:-deprecation", "-d", compiled, "-cp", `${libraries}/*`];
    const options = { encoding: "utf8", timeout: compileTimeoutMs } as const;
    const compiler = spawnSync("javac", [...words, ...sources], options);
    if (compiler.status !== 0) {
      rmSync(classes, { recursive: true, force: true });
      throw new Error(`javac: ${compiler.error?.message ?? compiler.stderr}`);
    }
  }
  return `${compiled}:${libraries}/*`;
}

export interface AdminProgram {
  /** What the command printed. Rejects when the program ended, or took too long. */
  run(words: readonly string[]): Promise<string>;
  /** Resolves when the JVM is gone. */
  end(): Promise<void>;
}

export async function startAdminProgram(options: {
  readonly classPath: string;
  readonly nameserver: string;
  /** Where the program's own log goes. */
  readonly folder: string;
}): Promise<AdminProgram> {
  const { classPath, nameserver, folder } = options;
  mkdirSync(join(folder, "conf"), { recursive: true });
  // 4.9 reads it and prints an error without it.
  writeFileSync(join(folder, "conf/logback_tools.xml"), "<configuration/>\n");
  const child = spawn(
    "java",
    [
      ...["-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      ...["-XX:-UsePerfData", `-Duser.home=${folder}`, `-Drocketmq.home.dir=${folder}`],
      // Some commands leave files there.
      `-Djava.io.tmpdir=${folder}`,
      ...["-cp", classPath, "admin.Main", nameserver],
    ],
    { cwd: folder, stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stderr.pipe(createWriteStream(join(folder, "stderr.log")));
  child.stdin.on("error", () => {});
  const endNow = () => child.kill("SIGKILL");
  process.once("exit", endNow);
  const waiting = new Map<string, (text: string) => void>();
  const ended = Promise.withResolvers<void>();
  const isReady = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [word, number = "", text = ""] = line.split(" ");
    if (word === "ready") {
      isReady.resolve();
    } else if (word === "answer") {
      waiting.get(number)?.(Buffer.from(text, "base64").toString("utf8"));
    }
  });
  child.once("close", (code) => {
    process.off("exit", endNow);
    isReady.reject(new Error(`mqadmin's JVM ended with ${code} before it began`));
    ended.resolve();
  });
  await isReady.promise;
  let count = 0;
  return {
    run(words) {
      const number = String(++count);
      const answer = Promise.withResolvers<string>();
      waiting.set(number, answer.resolve);
      const timer = setTimeout(() => answer.reject(new Error("too slow")), commandTimeoutMs);
      void ended.promise.then(() => answer.reject(new Error("mqadmin's JVM ended")));
      child.stdin.write(`${[number, ...words].join("\t")}\n`);
      return answer.promise.finally(() => clearTimeout(timer));
    },
    async end() {
      child.stdin.end();
      const timer = setTimeout(endNow, commandTimeoutMs);
      await ended.promise;
      clearTimeout(timer);
    },
  };
}
