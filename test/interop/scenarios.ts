/** The names of the Java program's scenarios, as `SCENARIO=` and its report call them. */
export const restartScenario = "restart";

export const scenarioNames: readonly string[] = [
  "send",
  "push",
  "orderly",
  "pull",
  "litepull",
  "rebalance",
  "observe",
  "refusal",
  restartScenario,
];
