/** Every request definition there is. */
import type { RequestDefinition } from "../../../src/protocol/remoting/define.ts";
import * as broker from "../../../src/protocol/remoting/requests/broker.ts";
import * as brokerAdmin from "../../../src/protocol/remoting/requests/broker-admin.ts";
import * as brokerStore from "../../../src/protocol/remoting/requests/broker-store.ts";
import * as group from "../../../src/protocol/remoting/requests/group.ts";
import * as introspection from "../../../src/protocol/remoting/requests/introspection.ts";
import * as member from "../../../src/protocol/remoting/requests/member.ts";
import * as nameserver from "../../../src/protocol/remoting/requests/nameserver.ts";
import * as offset from "../../../src/protocol/remoting/requests/offset.ts";
import * as progress from "../../../src/protocol/remoting/requests/progress.ts";
import * as pull from "../../../src/protocol/remoting/requests/pull.ts";
import * as query from "../../../src/protocol/remoting/requests/query.ts";
import * as queueLock from "../../../src/protocol/remoting/requests/queue-lock.ts";
import * as route from "../../../src/protocol/remoting/requests/route.ts";
import * as send from "../../../src/protocol/remoting/requests/send.ts";
import * as sendBack from "../../../src/protocol/remoting/requests/send-back.ts";
import * as topic from "../../../src/protocol/remoting/requests/topic.ts";

/** A definition without the types of its fields. */
export type AnyDefinition = Pick<RequestDefinition, "code" | "name" | "request" | "reply"> & {
  recode(fields: ReadonlyMap<string, string>): Map<string, string>;
  recodeReply(fields: ReadonlyMap<string, string>): Map<string, string>;
};

function withoutTypes<D extends RequestDefinition<never, never>>(definition: D): AnyDefinition {
  return {
    ...definition,
    recode: (fields) => definition.encode(definition.decode(fields)),
    recodeReply: (fields) => definition.encodeReply(definition.decodeReply(fields)),
  };
}

function isDefinition(value: unknown): value is RequestDefinition<never, never> {
  return typeof value === "object" && value !== null && "encodeReply" in value;
}

export const definitions: readonly AnyDefinition[] = [
  broker,
  brokerAdmin,
  brokerStore,
  group,
  introspection,
  member,
  nameserver,
  offset,
  progress,
  pull,
  query,
  queueLock,
  route,
  send,
  sendBack,
  topic,
]
  .flatMap((family) => Object.values<unknown>(family))
  .filter(isDefinition)
  .map(withoutTypes);
