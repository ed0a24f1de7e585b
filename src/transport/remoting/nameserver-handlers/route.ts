/** What clients and tools ask a nameserver about routes (105, 106, 206, 224, 304, 311, 312, 313). */
import { MqError } from "../../../core/error.ts";
import type { Nameserver } from "../../../nameserver/nameserver.ts";
import { unitFlag, unitSubFlag } from "../../../nameserver/topic-routes.ts";
import { encodeCluster } from "../../../protocol/remoting/bodies/cluster.ts";
import { encodeTopicList } from "../../../protocol/remoting/bodies/name-list.ts";
import {
  encodeTopicRoute,
  readsStandardJson,
} from "../../../protocol/remoting/bodies/topic-route.ts";
import {
  getSystemTopics,
  getTopicsByCluster,
  getUnitSubOnlyTopics,
  getUnitSubTopics,
  getUnitTopics,
} from "../../../protocol/remoting/requests/nameserver.ts";
import {
  getAllTopics,
  getClusterInfo,
  getRouteInfo,
} from "../../../protocol/remoting/requests/route.ts";
import { handle } from "../dispatch.ts";

export const routeHandlers = [
  handle(getRouteInfo, (nameserver: Nameserver, header, command) => {
    const route = nameserver.route(header.topic);
    return {
      fields: {},
      body: encodeTopicRoute(
        { ...route, orderTopicConf: route.orderConfig },
        { isStandardJson: readsStandardJson(command.version, header.acceptStandardJsonOnly) },
      ),
    };
  }),

  handle(getClusterInfo, ({ routes }: Nameserver) => ({
    fields: {},
    body: encodeCluster({ brokers: routes.brokers.all(), clusters: routes.brokers.clusters() }),
  })),

  handle(getAllTopics, ({ routes, settings }: Nameserver) => {
    if (!settings.is("enableAllTopicList")) {
      throw new MqError("bad_request", "the list of all topics is off (enableAllTopicList)");
    }
    return { fields: {}, body: encodeTopicList(routes.topics.names()) };
  }),

  handle(getTopicsByCluster, ({ routes }: Nameserver, { cluster }) => ({
    fields: {},
    body: encodeTopicList(routes.topicsOfCluster(cluster)),
  })),

  handle(getSystemTopics, ({ routes }: Nameserver) => {
    const names = [...routes.brokers.clusters()].flatMap(([cluster, brokers]) => [
      cluster,
      ...brokers,
    ]);
    const [first] = routes.brokers.all();
    const [address] = first?.addresses.values() ?? [];
    return { fields: {}, body: encodeTopicList([...new Set(names)], address) };
  }),

  handle(
    getUnitTopics,
    unitTopics((flags) => (flags & unitFlag) !== 0),
  ),
  handle(
    getUnitSubTopics,
    unitTopics((flags) => (flags & unitSubFlag) !== 0),
  ),
  handle(
    getUnitSubOnlyTopics,
    unitTopics((flags) => (flags & (unitFlag | unitSubFlag)) === unitSubFlag),
  ),
];

function unitTopics(isWanted: (topicSysFlag: number) => boolean) {
  return ({ routes }: Nameserver) => ({
    fields: {},
    body: encodeTopicList(routes.topics.namesByFlag(isWanted)),
  });
}
