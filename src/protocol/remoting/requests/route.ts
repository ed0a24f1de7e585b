/** What clients ask a nameserver (remoting 6.2). */
import { defineRequest } from "../define.ts";

/** The reply's body is a route (bodies/topic-route.ts). */
export const getRouteInfo = defineRequest({
  code: 105,
  name: "GET_ROUTEINFO_BY_TOPIC",
  request: {
    topic: { type: "string", absent: "" },
    acceptStandardJsonOnly: { type: "boolean", optional: true },
  },
  reply: {},
});

/** The reply's body is bodies/cluster.ts. */
export const getClusterInfo = defineRequest({
  code: 106,
  name: "GET_BROKER_CLUSTER_INFO",
  request: {},
  reply: {},
});

/** The reply's body is a list of names (bodies/name-list.ts). */
export const getAllTopics = defineRequest({
  code: 206,
  name: "GET_ALL_TOPIC_LIST_FROM_NAMESERVER",
  request: {},
  reply: {},
});
