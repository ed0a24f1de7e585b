/**
 * The Java program of `java/`, compiled against one version of the official client. The client's jars come
 * from Maven Central, once; the classes are compiled again when a source or a jar has changed.
 *
 * The client of the MetaQ 3 era has the same classes in packages of another name, and fewer of them. Its
 * program is the same text with the names exchanged, without the scenarios that need what it lacks.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fetchJars } from "../../scripts/peer/maven.ts";
import type { ClientProgram } from "./program.ts";
import { buildOnce, filesOf } from "./source-stamp.ts";
import { runTool } from "./tool.ts";
import { metaqVersion, type Variant } from "./variant.ts";

const sourceFolder = join(import.meta.dir, "java/interop");
const mainClass = "interop.Main";

const javaOptions = [
  "-Xms64m",
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  // A minute instead of 20 s until a consumer looks for itself who else is there: what settles
  // earlier shows that the broker tells its members of each other (see RebalanceScenario).
  "-Drocketmq.client.rebalance.waitInterval=60000",
  // Two seconds instead of 20 until an orderly consumer asks again for locks that a killed broker forgot.
  "-Drocketmq.client.rebalance.lockInterval=2000",
];

/** What the client of the MetaQ 3 era does not have, by the source that needs it. */
const absentFromMetaq: readonly string[] = [
  "BatchScenario.java",
  "LitePullScenario.java",
  "MixedScenario.java",
  "ObserveScenario.java",
  "QueryScenario.java",
  "RefusalScenario.java",
  "WayBack.java",
];
const metaqNames: readonly (readonly [string, string])[] = [
  ["org.apache.rocketmq.", "com.alibaba.rocketmq."],
  ["getMqClientFactory()", "getmQClientFactory()"],
];

export async function buildJavaProgram(
  variant: Variant,
  cacheFolder: string,
): Promise<ClientProgram> {
  const classPath = await buildJavaClasses(variant.version, cacheFolder);
  return {
    command: (folder) => ({
      words: [
        "java",
        ...javaOptions,
        `-Drocketmq.serialize.type=${variant.serialization}`,
        // The client writes its own log below the home folder.
        `-Duser.home=${folder}`,
        "-cp",
        classPath,
        mainClass,
      ],
    }),
  };
}

/** Compiles the program against one version of the client; returns the class path. */
export async function buildJavaClasses(version: string, cacheFolder: string): Promise<string> {
  const isMetaq = version === metaqVersion;
  const home = join(cacheFolder, `client-${version}`);
  const libraries = join(home, "lib");
  const classes = join(home, "classes");
  const group = isMetaq ? "com.alibaba.rocketmq" : "org.apache.rocketmq";
  await fetchJars([{ group, name: "rocketmq-client", version }], libraries);
  const sources = filesOf(sourceFolder);
  await buildOnce(join(home, "sources.sha256"), [...sources, import.meta.path], () => {
    rmSync(classes, { recursive: true, force: true });
    mkdirSync(classes, { recursive: true });
    compile(isMetaq ? metaqSources(sources, join(home, "sources")) : sources, libraries, classes);
  });
  return `${classes}:${libraries}/*`;
}

function metaqSources(sources: readonly string[], folder: string): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return sources
    .filter((path) => !absentFromMetaq.includes(basename(path)))
    .map((path) => {
      const text = metaqNames.reduce(
        (all, [from, to]) => all.replaceAll(from, to),
        readFileSync(path, "utf8"),
      );
      const copy = join(folder, basename(path));
      writeFileSync(copy, text);
      return copy;
    });
}

function compile(sources: readonly string[], libraries: string, classes: string): void {
  // Some calls are deprecated in one version and the only ones in the other.
  const words = [
    "-encoding",
    "UTF-8",
    "-nowarn",
    "-Xlint:-deprecation",
    "-d",
    classes,
    "-cp",
    `${libraries}/*`,
  ];
  runTool({ words: ["javac", ...words, ...sources], folder: classes });
}
