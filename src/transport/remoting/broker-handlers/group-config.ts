/** Settings of consumer groups, as an operator changes them (200, 201, 207, 225, 352, 353). */
import type { BrokerServices } from "../../../broker/services.ts";
import { changedAttributes } from "../../../broker/topic/topic-attributes.ts";
import {
  decodeGroupConfig,
  decodeGroupConfigList,
  encodeGroupConfig,
  encodeGroupForbidden,
  encodeGroupTable,
  type GroupConfig,
} from "../../../protocol/remoting/bodies/group-table.ts";
import {
  deleteGroup,
  getAllGroups,
  getGroupConfig,
  updateGroup,
  updateGroupForbidden,
  updateGroupList,
} from "../../../protocol/remoting/requests/group.ts";
import { handle } from "../dispatch.ts";

const admin = { isAdmin: true } as const;

export const groupConfigHandlers = [
  handle(
    updateGroup,
    async (services: BrokerServices, _header, { source, bodyStart, bodyEnd }) => {
      // RocketMQ takes a request without a body for one that changes nothing.
      if (bodyEnd > bodyStart) {
        update(services, decodeGroupConfig(source, bodyStart, bodyEnd));
        await services.store.state.commit();
      }
      return { fields: {} };
    },
    admin,
  ),

  handle(
    updateGroupList,
    async (services: BrokerServices, _header, { source, bodyStart, bodyEnd }) => {
      const configs = decodeGroupConfigList(source, bodyStart, bodyEnd);
      for (const { group } of configs) {
        services.groups.checkName(group);
      }
      for (const config of configs) {
        update(services, config);
      }
      await services.store.state.commit();
      return { fields: {} };
    },
    admin,
  ),

  handle(
    getAllGroups,
    ({ groups }: BrokerServices, { groupSeq, maxGroupNum }) => {
      const configs = groups.configs();
      const start = groupSeq ?? 0;
      const page = maxGroupNum === undefined ? configs : configs.slice(start, start + maxGroupNum);
      return {
        fields: { totalGroupNum: configs.length },
        body: encodeGroupTable({
          dataVersion: groups.dataVersion,
          groups: page,
          forbidden: groups.forbidden(),
        }),
      };
    },
    admin,
  ),

  handle(
    getGroupConfig,
    ({ groups }: BrokerServices, { group }) => ({
      fields: {},
      body: encodeGroupConfig(groups.get(group).config),
    }),
    admin,
  ),

  handle(
    deleteGroup,
    async ({ groups, offsets, store }: BrokerServices, { group, cleanOffset, removeOffset }) => {
      groups.remove(group);
      if (cleanOffset === true || removeOffset === true) {
        offsets.removeGroup(group);
      }
      await store.state.commit();
      return { fields: {} };
    },
    admin,
  ),

  handle(
    updateGroupForbidden,
    async ({ groups, store }: BrokerServices, { group, topic, readable }) => {
      if (readable !== undefined) {
        groups.setReadable(group, topic, readable);
        await store.state.commit();
      }
      const isForbidden = groups.find(group)?.mayNotRead(topic) ?? false;
      return { fields: {}, body: encodeGroupForbidden({ group, topic, readable: !isForbidden }) };
    },
    admin,
  ),
];

/** Attributes are changes, `+name` or `-name`, to those that the group has. */
function update({ groups }: BrokerServices, config: GroupConfig): void {
  const before = groups.find(config.group)?.config.attributes ?? new Map();
  groups.update({ ...config, attributes: changedAttributes(before, config.attributes) });
}
