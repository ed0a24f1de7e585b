/** Members and their subscriptions as rows of bodies (203, 204, 321, 328, 345). */
import type { Member, Subscription } from "../../../broker/group/member-table.ts";
import type { ClientConnection } from "../../../protocol/remoting/bodies/consumer-connection.ts";
import type { Subscription as SubscriptionRow } from "../../../protocol/remoting/bodies/subscription.ts";

export function connectionOf(member: Member): ClientConnection {
  return {
    clientId: member.clientId,
    clientAddress: member.channel.address,
    language: member.language,
    version: member.version,
  };
}

export function subscriptionOf(subscription: Subscription): SubscriptionRow {
  return {
    topic: subscription.topic,
    expression: subscription.expression,
    expressionType: subscription.expressionType,
    classFilterMode: subscription.classFilterMode,
    tags: subscription.tags.tags,
    tagHashes: subscription.tags.hashes,
    subVersion: subscription.subVersion,
  };
}
