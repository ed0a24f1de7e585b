/** Who is in a group, over all brokers: a member is connected to each of them, and shown once. */
import {
  type Admin,
  type BrokerAddress,
  type GroupMember,
  type GroupPresence,
  gather,
} from "../../../src/client/index.ts";
import type { Column, MissingPart } from "../../render/listing.ts";
import { missingParts } from "../cluster/chosen-brokers.ts";

export interface MemberItem extends GroupMember {
  /** Brokers that it is connected to. */
  readonly brokers: readonly string[];
  readonly [key: string]: unknown;
}

export interface GroupMembers {
  readonly members: readonly MemberItem[];
  /** What members say of the group; undefined without any. */
  readonly presence: GroupPresence | undefined;
  readonly missing: readonly MissingPart[];
}

export const memberColumns: readonly Column[] = [
  { key: "clientId", head: "CLIENT" },
  { key: "address", head: "ADDRESS" },
  { key: "language", head: "LANGUAGE" },
  { key: "version", head: "VERSION" },
  { key: "brokers", head: "BROKERS", isWide: true, show: (value) => String(value) },
];

export async function groupMembers(
  admin: Admin,
  group: string,
  brokers: readonly BrokerAddress[],
): Promise<GroupMembers> {
  const { answers, failures } = await gather(brokers, ({ address }) =>
    admin.groups.members(address, group),
  );
  const members = new Map<string, MemberItem>();
  for (const { broker, value } of answers) {
    for (const member of value?.members ?? []) {
      const known = members.get(member.clientId);
      members.set(member.clientId, {
        ...(known ?? member),
        brokers: [...(known?.brokers ?? []), broker.brokerName],
      });
    }
  }
  return {
    members: [...members.values()].sort((left, right) => (left.clientId < right.clientId ? -1 : 1)),
    presence: answers.find(({ value }) => value !== undefined)?.value,
    missing: missingParts(failures),
  };
}
