/** What brokers tell a nameserver (103, 104, 322, 901, 904). */
import { crc32 } from "../../../core/crc32.ts";
import { MqError } from "../../../core/error.ts";
import { limits } from "../../../core/limits.ts";
import type { BrokerAddress } from "../../../nameserver/broker-table.ts";
import type { Nameserver } from "../../../nameserver/nameserver.ts";
import { encodeBrokerMemberGroup } from "../../../protocol/remoting/bodies/broker-member-group.ts";
import {
  decodeDataVersion,
  encodeDataVersion,
} from "../../../protocol/remoting/bodies/data-version.ts";
import {
  decodeRegistration,
  type Registration,
} from "../../../protocol/remoting/bodies/registration.ts";
import { decodeCompressedRegistration } from "../../../protocol/remoting/bodies/registration-compressed.ts";
import { encodeTextTable } from "../../../protocol/remoting/bodies/text-table.ts";
import type { Command } from "../../../protocol/remoting/command.ts";
import {
  queryDataVersion,
  registerBroker,
  unregisterBroker,
} from "../../../protocol/remoting/requests/broker.ts";
import {
  brokerHeartbeat,
  getBrokerMemberGroup,
} from "../../../protocol/remoting/requests/nameserver.ts";
import { version } from "../../../protocol/remoting/version.ts";
import type { Session } from "../../session.ts";
import { handle } from "../dispatch.ts";
import { bounded, checkTopic, named } from "./told-names.ts";

/** How a zlib stream begins (RFC 1950), and JSON does not. */
const zlibHead = 0x78;

/** `noteLink` hears of sessions that brokers registered on. */
export function registrationHandlers(noteLink: (session: Session) => void) {
  return [
    handle(registerBroker, (nameserver: Nameserver, header, command, session) => {
      const broker = brokerOf(header);
      checkBody(command, header.bodyCrc32 ?? 0);
      const registration = readBody(command, header.compressed ?? false);
      checkRegistration(registration);
      const outcome = nameserver.register(
        {
          broker,
          haServerAddress: bounded(header.haServerAddress ?? "", "haServerAddr"),
          expiryMs: header.heartbeatTimeoutMillis,
          enableActingMaster: header.enableActingMaster,
          dataVersion: registration.dataVersion,
          topics: registration.topics,
          isAllTopics: header.isAllTopics ?? false,
          mappings: registration.mappings ?? new Map(),
          filterServers: registration.filterServers,
        },
        session,
      );
      noteLink(session);
      const orderConfigs = nameserver.orderConfigs();
      return {
        fields: {
          haServerAddress: outcome.haServerAddress || undefined,
          leaderAddress: outcome.leaderAddress || undefined,
        },
        body: orderConfigs === undefined ? undefined : encodeTextTable(orderConfigs),
      };
    }),

    handle(unregisterBroker, (nameserver: Nameserver, header) => {
      nameserver.unregister(brokerOf(header));
      return { fields: {} };
    }),

    handle(queryDataVersion, (nameserver: Nameserver, header, command) => {
      const asked = decodeDataVersion(command.source, command.bodyStart, command.bodyEnd);
      const { isChanged, known } = nameserver.queryDataVersion(brokerOf(header), asked);
      return {
        fields: { changed: isChanged },
        body: known === undefined ? undefined : encodeDataVersion(known),
      };
    }),

    handle(getBrokerMemberGroup, ({ routes }: Nameserver, { clusterName, brokerName }) => {
      const addresses = routes.brokers.get(brokerName)?.addresses ?? new Map<number, string>();
      return {
        fields: {},
        body: encodeBrokerMemberGroup({ clusterName, brokerName, addresses }),
      };
    }),

    handle(brokerHeartbeat, (nameserver: Nameserver, { clusterName, brokerAddress }) => {
      nameserver.heard({ clusterName, address: brokerAddress });
      return { fields: {} };
    }),
  ];
}

function brokerOf(header: {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
}): BrokerAddress {
  const { brokerId } = header;
  if (brokerId < 0) {
    throw new MqError("parameter_invalid", `brokerId is ${brokerId}; a leader has 0`);
  }
  return {
    clusterName: named(header.clusterName, "clusterName"),
    brokerName: named(header.brokerName, "brokerName"),
    brokerId,
    address: named(header.brokerAddress, "brokerAddr"),
  };
}

/** 5.5.0 compresses and says that it does not, so that its own nameserver refuses it: a stream tells by its first byte. */
function readBody(command: Command, isSaidToBeCompressed: boolean): Registration {
  const { source, bodyStart, bodyEnd } = command;
  const isStream = bodyEnd > bodyStart && source[bodyStart] === zlibHead;
  return isSaidToBeCompressed || isStream
    ? decodeCompressedRegistration(source, bodyStart, bodyEnd, {
        hasMappings: command.version >= version.registrationMappings,
      })
    : decodeRegistration(source, bodyStart, bodyEnd);
}

function checkRegistration(registration: Registration): void {
  for (const config of registration.topics) {
    checkTopic(config);
  }
  if (registration.filterServers.length > limits.filterServersMax) {
    throw new MqError(
      "parameter_invalid",
      `${registration.filterServers.length} filter servers; at most ${limits.filterServersMax}`,
    );
  }
  for (const address of registration.filterServers) {
    bounded(address, "a filter server's address");
  }
  for (const [topic, text] of registration.mappings ?? []) {
    named(topic, "a topic's name");
    if (text.length > limits.nameserverMappingBytesMax) {
      throw new MqError(
        "parameter_invalid",
        `a queue mapping of ${text.length} characters; at most ${limits.nameserverMappingBytesMax}`,
      );
    }
  }
}

function checkBody(command: Command, expectedCrc: number): void {
  const { source, bodyStart, bodyEnd } = command;
  if (command.version < version.registrationBodies) {
    throw new MqError("request_unsupported", "registrations of brokers before 3.0.11");
  }
  if (expectedCrc !== 0 && crc32(source, bodyStart, bodyEnd) !== expectedCrc) {
    throw new MqError("bad_request", "crc32 not match");
  }
}
