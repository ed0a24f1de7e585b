/** The clients that are run: which one, how it speaks, and what it can be asked to do. */
import {
  goScenarios,
  javaScenarios,
  metaqScenarios,
  nodeScenarios,
  pythonScenarios,
} from "./scenarios.ts";

/** What the client is written in; each has one program that runs its scenarios. */
export type Language = "java" | "go" | "node" | "python";

export interface Variant {
  /** As `CLIENT=` and the observations name it. */
  readonly name: string;
  /** Clients that run one program with one set of observations; a value that they share is filed once. */
  readonly family: string;
  readonly language: Language;
  readonly version: string;
  readonly serialization: "JSON" | "ROCKETMQ";
  /** Starts the names of its topics and groups, so that all can share one broker. */
  readonly prefix: string;
  readonly scenarios: readonly string[];
}

/** The last client of the MetaQ 3 era: packages com.alibaba.rocketmq, JSON headers only. */
export const metaqVersion = "3.2.6";
const officialFamily = "java";
const javaVersions = ["5.5.0", "4.9.8"] as const;

const officialJava: readonly Variant[] = javaVersions.flatMap((version) =>
  (["JSON", "ROCKETMQ"] as const).map((serialization) => ({
    name: `${version} ${serialization}`,
    family: officialFamily,
    language: "java" as const,
    version,
    serialization,
    prefix: `c${version.replaceAll(".", "")}${serialization.slice(0, 1).toLowerCase()}`,
    // Killing a member costs a second JVM each, and the header format is nothing to it.
    scenarios:
      serialization === "JSON" ? javaScenarios : javaScenarios.filter((name) => name !== "killed"),
  })),
);

export const variants: readonly Variant[] = [
  ...officialJava,
  {
    name: metaqVersion,
    family: metaqVersion,
    language: "java",
    version: metaqVersion,
    serialization: "JSON",
    prefix: "c326",
    scenarios: metaqScenarios,
  },
  other("go", "2.1.2", goScenarios),
  other("node", "3.12.0", nodeScenarios),
  other("python", "0.4.4", pythonScenarios),
];

/**
 * Clients that run side by side on a small machine: the four of the official Java client, then all others. A JVM
 * costs more than the rest of them together.
 */
export function wavesOf(chosen: readonly Variant[]): readonly (readonly Variant[])[] {
  const isOfficialJava = ({ family }: Variant): boolean => family === officialFamily;
  return [
    chosen.filter(isOfficialJava),
    chosen.filter((variant) => !isOfficialJava(variant)),
  ].filter((wave) => wave.length > 0);
}

function other(
  language: "go" | "node" | "python",
  version: string,
  scenarios: readonly string[],
): Variant {
  const prefix = language;
  return {
    name: language,
    family: language,
    language,
    version,
    serialization: "JSON",
    prefix,
    scenarios,
  };
}
