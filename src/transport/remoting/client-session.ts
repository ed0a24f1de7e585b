/**
 * A session as a broker's services see it: somebody who pulls, and somebody who can be told things. Made on the
 * first request that needs it, gone with the session.
 */
import type {
  ClientAnswer,
  ClientChannel,
  ClientQuestion,
  OffsetReset,
} from "../../broker/ports.ts";
import type { Pull, PullClient, PullOutcome } from "../../broker/pull/pull.ts";
import { MqError } from "../../core/error.ts";
import { encodeResetOffsets } from "../../protocol/remoting/bodies/reset-offset.ts";
import {
  type CommandHead,
  encodeCommand,
  flagOneway,
  type SerializeType,
  serializeBinary,
  serializeJson,
} from "../../protocol/remoting/command.ts";
import { resetClientOffset } from "../../protocol/remoting/requests/group.ts";
import { notifyConsumerIdsChanged } from "../../protocol/remoting/requests/member.ts";
import {
  encodePullReply,
  PullReply,
  pullReplyHeadBytesMax,
} from "../../protocol/remoting/requests/pull-fast.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import type { Session } from "../session.ts";
import type { ClientQuestions } from "./client-questions.ts";

/** Answers a request with what an error means. */
export type AnswerError = (
  session: Session,
  opaque: number,
  serializeType: SerializeType,
  error: unknown,
) => void;

/** Filled for every reply, by one reply at a time. */
const reply = new PullReply();

export class ClientSession implements ClientChannel, PullClient {
  readonly session: Session;
  readonly #brokerName: string;
  readonly #answerError: AnswerError;
  readonly #questions: ClientQuestions;

  constructor(
    session: Session,
    parts: {
      readonly brokerName: string;
      readonly answerError: AnswerError;
      readonly questions: ClientQuestions;
    },
  ) {
    this.session = session;
    this.#brokerName = parts.brokerName;
    this.#answerError = parts.answerError;
    this.#questions = parts.questions;
  }

  get address(): string {
    return this.session.remoteAddress;
  }

  get isClosed(): boolean {
    return this.session.isClosed;
  }

  get isBacklogged(): boolean {
    return this.session.isBacklogged;
  }

  get heldCount(): number {
    return this.session.heldCount;
  }

  set heldCount(count: number) {
    this.session.heldCount = count;
  }

  get inFlightCount(): number {
    return this.session.inFlightCount;
  }

  set inFlightCount(count: number) {
    this.session.inFlightCount = count;
  }

  whenRelieved(run: () => void): void {
    this.session.whenRelieved(run);
  }

  requestDone(): void {
    this.session.requestDone();
  }

  answer(pull: Pull, outcome: PullOutcome): void {
    const { session } = this;
    if (session.isClosed) {
      return;
    }
    const isFound = outcome.kind === "found";
    const bodyBytes = isFound ? outcome.end - outcome.start : 0;
    reply.serializeType = pull.requestForm === serializeBinary ? serializeBinary : serializeJson;
    reply.opaque = pull.requestId;
    reply.code = codeOf(outcome);
    reply.nextBeginOffset = outcome.nextOffset;
    reply.minOffset = Math.max(0, pull.queue.minOffset);
    reply.maxOffset = Math.max(0, pull.queue.maxOffset);
    reply.bodyBytes = bodyBytes;
    const { output } = session;
    const at = output.reserve(pullReplyHeadBytesMax + bodyBytes);
    let end = encodePullReply(output.buffer, at, reply);
    if (isFound) {
      end += outcome.records.copy(output.buffer, end, outcome.start, outcome.end);
    }
    output.commit(end);
    session.markDirty();
  }

  refuse(pull: Pull, error: unknown): void {
    const form = pull.requestForm === serializeBinary ? serializeBinary : serializeJson;
    this.#answerError(this.session, pull.requestId, form, error);
  }

  notifyMembersChanged(group: string): void {
    const { code } = notifyConsumerIdsChanged;
    this.#request(code, notifyConsumerIdsChanged.encode({ consumerGroup: group }));
  }

  resetOffsets(reset: OffsetReset): void {
    const { topic, group, timestampMs, isForced } = reset;
    const rows = [...reset.offsets].map(
      ([queueId, offset]) => [{ brokerName: this.#brokerName, queueId, topic }, offset] as const,
    );
    this.#request(
      resetClientOffset.code,
      resetClientOffset.encode({ topic, group, timestamp: timestampMs, isForce: isForced }),
      encodeResetOffsets(rows),
    );
  }

  ask(question: ClientQuestion, timeoutMs: number): Promise<ClientAnswer> {
    const { session } = this;
    if (session.isClosed) {
      return Promise.reject(new MqError("bad_request", "the client is gone"));
    }
    const opaque = session.takeOpaque();
    const answer = this.#questions.add(this, opaque, timeoutMs);
    this.#send(opaque, 0, question.code, question.fields, question.body);
    return answer;
  }

  /** What the client answered to a question of ours. */
  answered(source: Buffer, head: CommandHead): void {
    this.#questions.answered(this, source, head);
  }

  /** A one-way request. */
  #request(code: number, fields: ReadonlyMap<string, string>, body?: Buffer): void {
    this.#send(this.session.takeOpaque(), flagOneway, code, fields, body);
  }

  /** In the form that the client writes. */
  #send(
    opaque: number,
    flag: number,
    code: number,
    fields: ReadonlyMap<string, string>,
    body: Buffer | undefined,
  ): void {
    const { serializeType } = this.session;
    this.session.send(encodeCommand({ code, opaque, flag, fields, serializeType, body }));
  }
}

function codeOf(outcome: PullOutcome): number {
  switch (outcome.kind) {
    case "found":
      return responseCode.success;
    case "caught_up":
      return responseCode.pullNotFound;
    case "nothing_matched":
      return responseCode.pullRetryImmediately;
    case "offset_moved":
      return responseCode.pullOffsetMoved;
  }
}

/** The client of each session that has one. */
export class ClientSessions {
  readonly #make: (session: Session) => ClientSession;
  readonly #gone: (client: ClientSession) => void;
  readonly #bySession = new Map<Session, ClientSession>();

  constructor(make: (session: Session) => ClientSession, gone: (client: ClientSession) => void) {
    this.#make = make;
    this.#gone = gone;
  }

  /** The client of a session, undefined when nothing was asked that needs one. */
  find(session: Session): ClientSession | undefined {
    return this.#bySession.get(session);
  }

  get(session: Session): ClientSession {
    let client = this.#bySession.get(session);
    if (client === undefined) {
      client = this.#make(session);
      this.#bySession.set(session, client);
      const made = client;
      session.onClose(() => {
        this.#bySession.delete(session);
        this.#gone(made);
      });
    }
    return client;
  }
}
