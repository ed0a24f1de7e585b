/** The names of the programs' scenarios, as `SCENARIO=` and the reports call them, and who has which. */
export const restartScenario = "restart";
/** Not the Java program's: see way-back.ts. */
export const wayBackScenario = "way-back";
/** A cluster of real brokers and ones of mq: see mixed-cluster.ts. */
export const mixedScenario = "mixed";

/** Every client has these; what must hold in them is the same for all. */
const shared: readonly string[] = ["send", "push", "broadcast", "delay", "retry", restartScenario];

export const metaqScenarios: readonly string[] = [
  ...shared,
  "orderly",
  "pull",
  "rebalance",
  "killed",
  "where",
  "pause",
  "reset",
];

export const javaScenarios: readonly string[] = [
  ...metaqScenarios,
  "batch",
  "litepull",
  "observe",
  "query",
  "refusal",
];

/** What operators do with RocketMQ's mqadmin: not the Java program's, see admin/. */
export const adminScenario = "admin";
/** RocketMQ's mqadmin and `mq mqadmin` on the same cluster: see mqadmin/. */
export const compatScenario = "mqadmin-compat";
/** The same for what `mq`'s brokers do not do: on a RocketMQ, whatever the target is. */
export const compatPeerScenario = "mqadmin-rocketmq";
/** As above, of what only a RocketMQ with a controller, with users or with lite topics answers. */
export const controlledScenario = "mqadmin-controlled";

/** `mq group` moves a group to which a real RocketMQ hands out messages. */
export const popScenario = "pop-offsets";

export const goScenarios: readonly string[] = [
  ...shared,
  "batch",
  "orderly",
  "pull",
  "rebalance",
  "killed",
];

export const nodeScenarios: readonly string[] = [...shared, "rebalance", "killed"];

export const pythonScenarios: readonly string[] = [...shared, "batch", "orderly", "pull", "killed"];

export const scenarioNames: readonly string[] = [...new Set([...javaScenarios, ...goScenarios])];
