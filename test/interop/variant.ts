/** The official clients that are run: a version and the header format it is told to speak. */
export interface Variant {
  /** As `CLIENT=` and the observations name it. */
  readonly name: string;
  readonly version: string;
  readonly serialization: "JSON" | "ROCKETMQ";
  /** Starts the names of its topics and groups, so that all can share one broker. */
  readonly prefix: string;
}

export const clientVersions = ["5.5.0", "4.9.8"] as const;

export const variants: readonly Variant[] = clientVersions.flatMap((version) =>
  (["JSON", "ROCKETMQ"] as const).map((serialization) => ({
    name: `${version} ${serialization}`,
    version,
    serialization,
    prefix: `c${version.replaceAll(".", "")}${serialization.slice(0, 1).toLowerCase()}`,
  })),
);
