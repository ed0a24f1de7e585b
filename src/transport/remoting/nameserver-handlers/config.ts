/** What operators change and read of a nameserver: key-value configuration, settings, routes (remoting 6.1). */
import { MqError } from "../../../core/error.ts";
import type { Nameserver } from "../../../nameserver/nameserver.ts";
import { encodeTextTable } from "../../../protocol/remoting/bodies/text-table.ts";
import { decodeTopicRoute } from "../../../protocol/remoting/bodies/topic-route.ts";
import {
  decodePropertiesText,
  encodePropertiesText,
} from "../../../protocol/remoting/properties-text.ts";
import {
  addWritePerm,
  deleteKvConfig,
  deleteTopicInNameserver,
  getKvConfig,
  getKvList,
  getNameserverConfig,
  putKvConfig,
  registerTopicInNameserver,
  updateNameserverConfig,
  wipeWritePerm,
} from "../../../protocol/remoting/requests/nameserver.ts";
import { handle } from "../dispatch.ts";
import { checkTopic } from "./told-names.ts";

const admin = { isAdmin: true };

export const configHandlers = [
  handle(
    putKvConfig,
    ({ kv }: Nameserver, { namespace, key, value }) => {
      kv.put(namespace, key, value);
      return { fields: {} };
    },
    admin,
  ),

  handle(getKvConfig, ({ kv }: Nameserver, { namespace, key }) => {
    const value = kv.get(namespace, key);
    if (value === undefined) {
      throw new MqError("not_found", `No config item, Namespace: ${namespace} Key: ${key}`);
    }
    return { fields: { value } };
  }),

  handle(
    deleteKvConfig,
    ({ kv }: Nameserver, { namespace, key }) => {
      kv.delete(namespace, key);
      return { fields: {} };
    },
    admin,
  ),

  handle(getKvList, ({ kv }: Nameserver, { namespace }) => {
    const entries = kv.list(namespace);
    if (entries === undefined) {
      throw new MqError("not_found", `No config item, Namespace: ${namespace}`);
    }
    return { fields: {}, body: encodeTextTable(entries) };
  }),

  handle(
    wipeWritePerm,
    ({ routes }: Nameserver, { brokerName }) => ({
      fields: { topicCount: routes.wipeWritePerm(brokerName) },
    }),
    admin,
  ),

  handle(
    addWritePerm,
    ({ routes }: Nameserver, { brokerName }) => ({
      fields: { topicCount: routes.addWritePerm(brokerName) },
    }),
    admin,
  ),

  handle(
    deleteTopicInNameserver,
    ({ routes }: Nameserver, { topic, clusterName }) => {
      routes.deleteTopic(topic, clusterName === "" ? undefined : clusterName);
      return { fields: {} };
    },
    admin,
  ),

  handle(
    registerTopicInNameserver,
    ({ routes }: Nameserver, { topic }, command) => {
      const { queues } = decodeTopicRoute(command.source, command.bodyStart, command.bodyEnd);
      for (const queue of queues) {
        checkTopic({ topic, ...queue });
      }
      routes.addRoutes(topic, queues);
      return { fields: {} };
    },
    admin,
  ),

  handle(
    updateNameserverConfig,
    ({ settings }: Nameserver, _header, command) => {
      settings.update(decodePropertiesText(command.source, command.bodyStart, command.bodyEnd));
      return { fields: {} };
    },
    admin,
  ),

  handle(
    getNameserverConfig,
    ({ settings }: Nameserver) => ({ fields: {}, body: encodePropertiesText(settings.rows()) }),
    admin,
  ),
];
