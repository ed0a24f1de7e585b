/**
 * The Java program of `java/`, compiled against one version of the official client. The client's jars come
 * from Maven Central, once; the classes are compiled again when a source or a jar has changed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchJars } from "../../scripts/peer/maven.ts";

const sourceFolder = join(import.meta.dir, "java/interop");
const compileTimeoutMs = 120_000;
const mainClass = "interop.Main";

export interface JavaProgram {
  readonly classPath: string;
  readonly mainClass: string;
}

export async function buildJavaProgram(version: string, cacheFolder: string): Promise<JavaProgram> {
  const home = join(cacheFolder, `client-${version}`);
  const libraries = join(home, "lib");
  const classes = join(home, "classes");
  await fetchJars([{ group: "org.apache.rocketmq", name: "rocketmq-client", version }], libraries);
  const sources = readdirSync(sourceFolder).map((name) => join(sourceFolder, name));
  const stampPath = join(home, "sources.sha256");
  const stamp = stampOf(sources);
  if (!existsSync(stampPath) || readFileSync(stampPath, "utf8") !== stamp) {
    rmSync(classes, { recursive: true, force: true });
    mkdirSync(classes, { recursive: true });
    compile(sources, libraries, classes);
    writeFileSync(stampPath, stamp);
  }
  return { classPath: `${classes}:${libraries}/*`, mainClass };
}

function stampOf(sources: readonly string[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of sources) {
    hasher.update(readFileSync(path));
  }
  return hasher.digest("hex");
}

function compile(sources: readonly string[], libraries: string, classes: string): void {
  // Some calls are deprecated in one version and the only ones in the other.
  const words = ["-nowarn", "-Xlint:-deprecation", "-d", classes, "-cp", `${libraries}/*`];
  const compiler = spawnSync("javac", [...words, ...sources], {
    encoding: "utf8",
    timeout: compileTimeoutMs,
  });
  if (compiler.status !== 0) {
    const what = compiler.error?.message ?? compiler.stderr;
    throw new Error(`javac: ${what}`);
  }
}
