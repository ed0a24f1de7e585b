/** Who is in a group and what they say of themselves, in words instead of the wire's numbers. */
import type {
  ClientConnection,
  ConsumerConnection,
} from "../../protocol/remoting/bodies/consumer-connection.ts";
import { languageName } from "../../protocol/remoting/language.ts";
import { versionName } from "../../protocol/remoting/version.ts";

export interface GroupMember {
  readonly clientId: string;
  /** `host:port` of the member's end. */
  readonly address: string;
  readonly language: string;
  readonly version: string;
}

export interface GroupSubscription {
  readonly topic: string;
  readonly expression: string;
  /** TAG or SQL92. */
  readonly expressionType: string;
}

/** A group as one broker sees it while members are connected. */
export interface GroupPresence {
  readonly members: readonly GroupMember[];
  readonly subscriptions: readonly GroupSubscription[];
  readonly consumeType: string;
  readonly messageModel: string;
  readonly consumeFromWhere: string;
}

export function presenceOf(connection: ConsumerConnection): GroupPresence {
  const { consumeType, messageModel, consumeFromWhere } = connection;
  return {
    members: connection.connections.map(memberOf),
    subscriptions: connection.subscriptions.map(({ topic, expression, expressionType }) => ({
      topic,
      expression,
      expressionType,
    })),
    consumeType,
    messageModel,
    consumeFromWhere,
  };
}

/** A connected client, consumer or producer. */
export function memberOf(connection: ClientConnection): GroupMember {
  const { clientId, clientAddress, language, version } = connection;
  return {
    clientId,
    address: clientAddress,
    language: languageName(language),
    version: versionName(version),
  };
}
