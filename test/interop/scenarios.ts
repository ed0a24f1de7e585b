/** The names of the Java program's scenarios, as `SCENARIO=` and its report call them. */
export const restartScenario = "restart";
/** Not the Java program's: see way-back.ts. */
export const wayBackScenario = "way-back";
/** A cluster of real brokers and ones of mq: see mixed-cluster.ts. */
export const mixedScenario = "mixed";

export const scenarioNames: readonly string[] = [
  "send",
  "push",
  "orderly",
  "pull",
  "litepull",
  "rebalance",
  "observe",
  "query",
  "refusal",
  restartScenario,
];

/** What operators do with RocketMQ's mqadmin: not the Java program's, see admin/. */
export const adminScenario = "admin";
