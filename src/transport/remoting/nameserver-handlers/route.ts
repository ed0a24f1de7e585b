/** What clients and tools ask a nameserver (105, 106, 206). */
import type { Nameserver } from "../../../nameserver/nameserver.ts";
import { encodeCluster } from "../../../protocol/remoting/bodies/cluster.ts";
import { encodeTopicList } from "../../../protocol/remoting/bodies/name-list.ts";
import {
  encodeTopicRoute,
  readsStandardJson,
} from "../../../protocol/remoting/bodies/topic-route.ts";
import {
  getAllTopics,
  getClusterInfo,
  getRouteInfo,
} from "../../../protocol/remoting/requests/route.ts";
import { handle } from "../dispatch.ts";

export const routeHandlers = [
  handle(getRouteInfo, (nameserver: Nameserver, header, command) => ({
    fields: {},
    body: encodeTopicRoute(nameserver.route(header.topic), {
      isStandardJson: readsStandardJson(command.version, header.acceptStandardJsonOnly),
    }),
  })),

  handle(getClusterInfo, ({ routes }: Nameserver) => ({
    fields: {},
    body: encodeCluster({ brokers: routes.brokers(), clusters: routes.clusters() }),
  })),

  handle(getAllTopics, ({ routes }: Nameserver) => ({
    fields: {},
    body: encodeTopicList(routes.topics()),
  })),
];
