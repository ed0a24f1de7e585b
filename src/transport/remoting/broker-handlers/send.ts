/**
 * Sends (10, 310, 320): read in place, stored, answered from the session's gated output once the record is
 * acknowledged. Nothing is made per message on the way; only a send that made its topic takes the long way, since
 * its answer also waits for the nameservers.
 */

import type { Sent } from "../../../broker/send/send-request.ts";
import type { BrokerServices } from "../../../broker/services.ts";
import {
  type CommandHead,
  commandOf,
  type SerializeType,
} from "../../../protocol/remoting/command.ts";
import {
  sendBatchMessage,
  sendMessage,
  sendMessageV2,
} from "../../../protocol/remoting/requests/send.ts";
import {
  readSendHeader,
  SendHeader,
  sendHeaderOf,
} from "../../../protocol/remoting/requests/send-fast.ts";
import {
  encodeSendReply,
  SendReply,
  sendReplyBytesMax,
} from "../../../protocol/remoting/requests/send-reply-fast.ts";
import { unansweredForm } from "../../gated-replies.ts";
import type { ReplyGate } from "../../reply-gate.ts";
import type { Session } from "../../session.ts";
import type { AnswerError } from "../client-session.ts";
import type { FrameHandler } from "../dispatch.ts";

/** What RocketMQ's brokers say with every refused send, too. */
export const sendRefusalFields: readonly (readonly [string, string])[] = [
  ["MSG_REGION", "DefaultRegion"],
  ["TRACE_ON", "true"],
];

export class SendFrames implements FrameHandler {
  readonly codes = [sendMessage.code, sendMessageV2.code, sendBatchMessage.code];
  readonly refusalFields = sendRefusalFields;
  readonly #services: BrokerServices;
  readonly #gate: ReplyGate;
  readonly #answerError: AnswerError;
  readonly #header = new SendHeader();
  readonly #reply = new SendReply();

  constructor(services: BrokerServices, gate: ReplyGate, answerError: AnswerError) {
    this.#services = services;
    this.#gate = gate;
    this.#answerError = answerError;
    this.#reply.storeHost = services.storeHost;
  }

  run(session: Session, source: Buffer, head: CommandHead): boolean {
    const header = this.#header;
    const { serializeType, bodyStart, bodyEnd } = head;
    if (!readSendHeader(source, head, header)) {
      sendHeaderOf(commandOf(source, head), header);
    }
    const sent = this.#services.send.send(header, source, bodyStart, bodyEnd, session.bornHost);
    if (header.isOneway) {
      this.#gate.push(
        session,
        session.gated.output.end,
        sent.endOffset,
        header.opaque,
        unansweredForm,
      );
      return true;
    }
    this.#fillReply(sent, header.opaque, serializeType);
    if (sent.settling !== undefined) {
      this.#answerWhenSettled(session, sent.settling, sent.endOffset);
    } else if (sent.isUnawaited) {
      this.#answerNow(session);
    } else {
      this.#answerWhenAcknowledged(session, sent.endOffset);
    }
    return true;
  }

  #fillReply(sent: Sent, opaque: number, serializeType: SerializeType): void {
    const reply = this.#reply;
    reply.serializeType = serializeType;
    reply.opaque = opaque;
    reply.code = 0;
    reply.queueId = sent.queueId;
    reply.queueOffset = sent.queueOffset;
    reply.physicalOffset = sent.physicalOffset;
    reply.messageCount = sent.messageCount;
    reply.physicalOffsets = sent.physicalOffsets;
    reply.messageIds = sent.messageIds;
    reply.uniqKey = sent.uniqueKey;
    reply.uniqKeyStart = sent.uniqueKeyStart;
    reply.uniqKeyEnd = sent.uniqueKeyEnd;
  }

  #answerWhenAcknowledged(session: Session, endOffset: number): void {
    const reply = this.#reply;
    const { output } = session.gated;
    const at = output.reserve(sendReplyBytesMax(reply));
    const end = encodeSendReply(output.buffer, at, reply);
    this.#gate.push(session, end, endOffset, reply.opaque, reply.serializeType);
  }

  #answerNow(session: Session): void {
    const { output } = session;
    const at = output.reserve(sendReplyBytesMax(this.#reply));
    output.commit(encodeSendReply(output.buffer, at, this.#reply));
    session.markDirty();
  }

  /** The topic is new: the answer is made now and leaves when all know the topic and the record is safe. */
  #answerWhenSettled(session: Session, settling: Promise<void>, endOffset: number): void {
    const reply = this.#reply;
    const { opaque, serializeType } = reply;
    const frame = Buffer.allocUnsafe(sendReplyBytesMax(reply));
    const end = encodeSendReply(frame, 0, reply);
    session.inFlightCount++;
    void settling
      .then(() => this.#services.store.whenAcknowledged(endOffset))
      .then(
        () => session.send(frame.subarray(0, end)),
        (error: unknown) => this.#answerError(session, opaque, serializeType, error),
      )
      .then(() => session.requestDone());
  }
}
