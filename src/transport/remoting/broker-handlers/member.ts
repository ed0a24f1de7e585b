/** Clients that come, stay and leave, and who is in a group (34, 35, 38). */
import type { GroupEntry } from "../../../broker/group/group-table.ts";
import type { ClientIdentity } from "../../../broker/group/member-table.ts";
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import { limits } from "../../../core/limits.ts";
import { encodeConsumerList } from "../../../protocol/remoting/bodies/consumer-list.ts";
import { decodeHeartbeat, type Heartbeat } from "../../../protocol/remoting/bodies/heartbeat.ts";
import {
  getConsumerList,
  heartBeat,
  unregisterClient,
} from "../../../protocol/remoting/requests/member.ts";
import type { ClientSessions } from "../client-session.ts";
import { handle } from "../dispatch.ts";

/** Handlers that know who is on the other end of a session. */
export function memberHandlers(clients: ClientSessions) {
  return [
    handle(heartBeat, async (services: BrokerServices, _header, command, session) => {
      services.counters.heartbeats++;
      const heartbeat = decodeHeartbeat(command.source, command.bodyStart, command.bodyEnd);
      const client: ClientIdentity = {
        clientId: heartbeat.clientId,
        channel: clients.get(session),
        language: command.language,
        version: command.version,
      };
      const { hasChanged, settled } = takeHeartbeat(services, client, heartbeat);
      // A retry topic that came into being is routable before its group hears an answer.
      await settled;
      return { fields: { supportsHeartbeatV2: false, hasSubscriptionChanged: hasChanged } };
    }),

    handle(unregisterClient, ({ members }: BrokerServices, header, _command, session) => {
      const channel = clients.get(session);
      if (header.consumerGroup !== undefined) {
        members.leave(header.consumerGroup, header.clientId, channel);
      }
      if (header.producerGroup !== undefined) {
        members.leaveProducers(header.producerGroup, header.clientId, channel);
      }
      return { fields: {} };
    }),

    handle(getConsumerList, ({ members }: BrokerServices, header) => {
      const live = members.find(header.consumerGroup);
      if (live === undefined) {
        // An empty list would end a client's rebalance with an exception (remoting T36).
        throw new MqError("bad_request", `no consumer for this group, ${header.consumerGroup}`);
      }
      return { fields: {}, body: encodeConsumerList([...live.members.keys()]) };
    }),
  ];
}

/** Everything that a heartbeat changes happens at once; what must settle before the answer comes back with it. */
function takeHeartbeat(
  services: BrokerServices,
  client: ClientIdentity,
  heartbeat: Heartbeat,
): { readonly hasChanged: boolean; readonly settled: Promise<unknown> } {
  const { members, topics, groups, store, clock } = services;
  const nowMs = clock.elapsedMs();
  if (client.clientId === "" || client.clientId.length > limits.clientIdBytesMax) {
    throw new MqError("parameter_invalid", "the client id is blank or too long");
  }
  for (const group of heartbeat.producerGroups) {
    members.joinProducers(client, group, nowMs);
  }
  let hasChanged = false;
  const waits: Promise<unknown>[] = [];
  for (const consumer of heartbeat.consumers) {
    const isNew = groups.find(consumer.group) === undefined;
    const group = groupOf(services, consumer.group);
    if (group !== undefined) {
      const retry = topics.retryTopic(consumer.group, group.config.retryQueueCount);
      hasChanged = members.join(client, consumer, nowMs) || hasChanged;
      if (retry.settling !== undefined) {
        waits.push(retry.settling);
      } else if (isNew) {
        waits.push(store.state.commit());
      }
    }
  }
  return { hasChanged, settled: Promise.all(waits) };
}

/** The group, undefined when it is missing and none is made by asking: such a heartbeat is passed over. */
function groupOf(services: BrokerServices, name: string): GroupEntry | undefined {
  const { groups, config } = services;
  return config.autoCreateGroups ? groups.getOrCreate(name) : groups.find(name);
}
