/** Pulls (11, 361): read in place; the service answers now, later, or never when the connection is gone. */
import type { BrokerServices } from "../../../broker/services.ts";
import {
  type Command,
  type CommandHead,
  commandOf,
  isOneway,
} from "../../../protocol/remoting/command.ts";
import { litePullMessage, pullMessage } from "../../../protocol/remoting/requests/pull.ts";
import { PullHeader, readPullHeader } from "../../../protocol/remoting/requests/pull-fast.ts";
import type { Session } from "../../session.ts";
import type { ClientSessions } from "../client-session.ts";
import type { FrameHandler } from "../dispatch.ts";

export class PullFrames implements FrameHandler {
  readonly codes = [pullMessage.code, litePullMessage.code];
  readonly #services: BrokerServices;
  readonly #clients: ClientSessions;
  readonly #header = new PullHeader();

  constructor(services: BrokerServices, clients: ClientSessions) {
    this.#services = services;
    this.#clients = clients;
  }

  run(session: Session, source: Buffer, head: CommandHead): boolean {
    const header = this.#header;
    const { opaque, serializeType } = head;
    if (!readPullHeader(source, head, header)) {
      fillHeader(commandOf(source, head), header);
    }
    if (!header.isOneway) {
      this.#services.pull.pull(this.#clients.get(session), header, opaque, serializeType);
    }
    return true;
  }
}

/** The same header from a command whose header is unusual. Throws DecodeError that names the field. */
function fillHeader(command: Command, into: PullHeader): void {
  const request = pullMessage.decode(command.fields);
  const parts: Buffer[] = [];
  let length = 0;
  const put = (text: string): number => {
    const bytes = Buffer.from(text, "utf8");
    parts.push(bytes);
    length += bytes.length;
    return length;
  };
  into.consumerGroupStart = length;
  into.consumerGroupEnd = put(request.consumerGroup);
  into.topicStart = length;
  into.topicEnd = put(request.topic);
  into.subVersionStart = length;
  into.subVersionEnd = put(request.subVersion);
  into.subscriptionStart = request.subscription === undefined ? -1 : length;
  into.subscriptionEnd = put(request.subscription ?? "");
  into.expressionTypeStart = request.expressionType === undefined ? -1 : length;
  into.expressionTypeEnd = put(request.expressionType ?? "");
  into.bytes = Buffer.concat(parts);
  into.queueId = request.queueId;
  into.queueOffset = request.queueOffset;
  into.maxMessageCount = request.maxMsgNums;
  into.sysFlag = request.sysFlag;
  into.commitOffset = request.commitOffset;
  into.suspendTimeoutMs = request.suspendTimeoutMillis;
  into.maxMessageBytes = request.maxMsgBytes ?? -1;
  into.isOneway = isOneway(command);
}
