/** What brokers tell a nameserver (103, 104, 322). */
import { crc32 } from "../../../core/crc32.ts";
import { MqError } from "../../../core/error.ts";
import { limits } from "../../../core/limits.ts";
import type { Nameserver } from "../../../nameserver/nameserver.ts";
import type { BrokerAddress } from "../../../nameserver/route-table.ts";
import {
  decodeDataVersion,
  encodeDataVersion,
} from "../../../protocol/remoting/bodies/data-version.ts";
import { decodeRegistration } from "../../../protocol/remoting/bodies/registration.ts";
import type { Command } from "../../../protocol/remoting/command.ts";
import {
  queryDataVersion,
  registerBroker,
  unregisterBroker,
} from "../../../protocol/remoting/requests/broker.ts";
import type { Session } from "../../session.ts";
import { handle } from "../dispatch.ts";

/** From this version (3.0.11) on a registration is JSON as it is read here. */
const registrationVersionMin = 37;

/** `noteLink` hears of sessions that brokers registered on. */
export function registrationHandlers(noteLink: (session: Session) => void) {
  return [
    handle(registerBroker, (nameserver: Nameserver, header, command, session) => {
      checkBody(command, header.bodyCrc32 ?? 0, header.compressed ?? false);
      const { dataVersion, topics } = decodeRegistration(
        command.source,
        command.bodyStart,
        command.bodyEnd,
      );
      checkTopics(topics);
      const outcome = nameserver.register(
        {
          broker: brokerOf(header),
          haServerAddress: header.haServerAddress ?? "",
          expiryMs: header.heartbeatTimeoutMillis,
          enableActingMaster: header.enableActingMaster ?? false,
          dataVersion,
          topics,
          isAllTopics: header.isAllTopics ?? false,
        },
        session,
      );
      noteLink(session);
      return {
        fields: {
          haServerAddress: outcome.haServerAddress || undefined,
          leaderAddress: outcome.leaderAddress || undefined,
        },
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
  ];
}

function brokerOf(header: {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
}): BrokerAddress {
  const { clusterName, brokerName, brokerId, brokerAddress: address } = header;
  for (const text of [clusterName, brokerName, address]) {
    if (text.trim() === "" || text.length > limits.innerTopicBytesMax) {
      throw new MqError("parameter_invalid", "a name or address is blank or too long");
    }
  }
  return { clusterName, brokerName, brokerId, address };
}

function checkTopics(topics: readonly { readonly topic: string }[]): void {
  for (const { topic } of topics) {
    if (topic === "" || topic.length > limits.innerTopicBytesMax) {
      throw new MqError("parameter_invalid", "a topic's name is blank or too long");
    }
  }
}

function checkBody(command: Command, expectedCrc: number, isCompressed: boolean): void {
  const { source, bodyStart, bodyEnd } = command;
  if (isCompressed) {
    throw new MqError(
      "request_unsupported",
      "compressed registrations are not supported; set compressedRegister=false",
    );
  }
  if (command.version < registrationVersionMin) {
    throw new MqError("request_unsupported", "registrations of brokers before 3.0.11");
  }
  if (expectedCrc !== 0 && crc32(source, bodyStart, bodyEnd) !== expectedCrc) {
    throw new MqError("bad_request", "crc32 not match");
  }
}
