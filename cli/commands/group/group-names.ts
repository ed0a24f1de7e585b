/** Groups that brokers and tools have by themselves (RocketMQ `MixAll`). */

const systemGroups: ReadonlySet<string> = new Set([
  "DEFAULT_PRODUCER",
  "DEFAULT_CONSUMER",
  "TOOLS_CONSUMER",
  "SCHEDULE_CONSUMER",
  "FILTERSRV_CONSUMER",
  "__MONITOR_CONSUMER",
  "CLIENT_INNER_PRODUCER",
  "SELF_TEST_P_GROUP",
  "SELF_TEST_C_GROUP",
  "CID_ONS-HTTP-PROXY",
  "CID_ONSAPI_PERMISSION",
  "CID_ONSAPI_OWNER",
  "CID_ONSAPI_PULL",
]);

/** True for groups that nobody made on purpose. */
export function isSystemGroup(name: string): boolean {
  return systemGroups.has(name) || name.startsWith("CID_RMQ_SYS_");
}
