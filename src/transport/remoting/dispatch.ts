/**
 * From a frame to its answer: looks the request code up, calls the one handler, turns refusals into response
 * codes, and keeps every promise about answering (remoting 2): a one-way request never gets an answer, every
 * other one gets exactly one, in the form of its own header.
 *
 * A handler either takes the bare frame (the hot requests, which answer for themselves) or a decoded command and
 * returns what to answer.
 */
import { BrokenInvariant } from "../../core/assert.ts";
import { DecodeError, MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../io/log.ts";
import {
  type Command,
  CommandHead,
  commandOf,
  encodeCommand,
  flagOneway,
  flagResponse,
  peekCommand,
  type SerializeType,
} from "../../protocol/remoting/command.ts";
import type {
  FieldDefinitions,
  RequestDefinition,
  ValuesOf,
} from "../../protocol/remoting/define.ts";
import { unsupportedRemark } from "../../protocol/remoting/request-code.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import type { Receiver, Session } from "../session.ts";
import { responseCodeOf } from "./error-code.ts";

/** What a handler says; the dispatch makes a frame of it. */
export interface Answer {
  readonly code: number;
  readonly remark?: string | undefined;
  readonly fields?: Iterable<readonly [string, string]> | undefined;
  readonly body?: Buffer | undefined;
}

/** What a handler that was made by `handle` says. */
export interface Reply<A extends FieldDefinitions> {
  readonly fields: ValuesOf<A>;
  readonly body?: Buffer | undefined;
  readonly remark?: string | undefined;
}

export interface RequestHandler<S> {
  readonly code: number;
  readonly name: string;
  /** Changes or shows what only operators should: answered on the data port under conditions (settled 17). */
  readonly isAdmin: boolean;
  run(services: S, command: Command, session: Session): Answer | Promise<Answer>;
}

/** A handler for one definition. */
export function handle<S, Q extends FieldDefinitions, A extends FieldDefinitions>(
  definition: RequestDefinition<Q, A>,
  run: (
    services: S,
    header: ValuesOf<Q>,
    command: Command,
    session: Session,
  ) => Reply<A> | Promise<Reply<A>>,
  options: { readonly isAdmin: boolean } = { isAdmin: false },
): RequestHandler<S> {
  const answerOf = (reply: Reply<A>): Answer => ({
    code: responseCode.success,
    remark: reply.remark,
    fields: definition.encodeReply(reply.fields),
    body: reply.body,
  });
  return {
    code: definition.code,
    name: definition.name,
    isAdmin: options.isAdmin,
    run(services, command, session) {
      const reply = run(services, definition.decode(command.fields), command, session);
      return reply instanceof Promise ? reply.then(answerOf) : answerOf(reply);
    },
  };
}

/** Takes a peeked frame whole. False: it is unusual, and the command's handler shall have it. */
export interface FrameHandler {
  readonly codes: readonly number[];
  /** Fields of a reply that refuses, but for a request that cannot be read. */
  readonly refusalFields?: Answer["fields"];
  run(session: Session, source: Buffer, head: CommandHead): boolean;
}

export interface DispatchOptions<S> {
  readonly services: S;
  readonly handlers: readonly RequestHandler<S>[];
  readonly frameHandlers: readonly FrameHandler[];
  readonly isAdminAllowed: boolean;
  readonly log: Log;
  /** Takes what a peer answers to a request of ours; frame and head are good only during the call. */
  readonly onResponse?: ((session: Session, source: Buffer, head: CommandHead) => void) | undefined;
}

/** What is left of a frame for a body, with room for any header of ours. */
const bodyBytesMax = limits.frameBytesMax - limits.headerBytesMax;
const tooLarge: Answer = {
  code: responseCode.systemError,
  remark: "the answer exceeds the largest frame; ask for less",
};

export class Dispatch<S> implements Receiver {
  /** Requests by outcome, for metrics. */
  requestCount = 0;
  refusedCount = 0;
  failedCount = 0;
  responseCount = 0;
  /** Told of each request while somebody watches (request-watch.ts). */
  onRequest: ((session: Session, source: Buffer, head: CommandHead) => void) | undefined;
  readonly #options: DispatchOptions<S>;
  readonly #handlers = new Map<number, RequestHandler<S>>();
  readonly #frameHandlers = new Map<number, FrameHandler>();
  readonly #head = new CommandHead();

  constructor(options: DispatchOptions<S>) {
    this.#options = options;
    for (const handler of options.handlers) {
      this.#handlers.set(handler.code, handler);
    }
    for (const handler of options.frameHandlers) {
      for (const code of handler.codes) {
        this.#frameHandlers.set(code, handler);
      }
    }
  }

  frame(session: Session, source: Buffer, start: number, end: number): void {
    const head = this.#head;
    peekCommand(source, start, end, head);
    session.serializeType = head.serializeType;
    session.language = head.language;
    session.version = head.version;
    if ((head.flag & flagResponse) !== 0) {
      // Most of what we tell a client is one-way; some answer all the same.
      this.responseCount++;
      this.#options.onResponse?.(session, source, head);
      return;
    }
    this.requestCount++;
    if (this.onRequest !== undefined) {
      this.onRequest(session, source, head);
    }
    const { opaque, flag, serializeType } = head;
    const frameHandler = this.#frameHandlers.get(head.code);
    try {
      if (frameHandler?.run(session, source, head) === true) {
        return;
      }
      this.#command(session, commandOf(source, head));
    } catch (error) {
      const fields = error instanceof MqError ? frameHandler?.refusalFields : undefined;
      this.answerError(session, opaque, flag, serializeType, error, fields);
    }
  }

  /** Answers with what the error means. Broken promises of our own code are not answered: they end the process. */
  answerError(
    session: Session,
    opaque: number,
    flag: number,
    serializeType: SerializeType,
    error: unknown,
    fields?: Answer["fields"],
  ): void {
    const answer = this.#answerOf(error, session);
    this.#answer(session, opaque, flag, serializeType, { ...answer, fields });
  }

  #command(session: Session, command: Command): void {
    const { opaque, flag, serializeType } = command;
    const handler = this.#handlers.get(command.code);
    if (handler === undefined) {
      throw new MqError("request_unsupported", unsupportedRemark(command.code));
    }
    if (handler.isAdmin && !this.#options.isAdminAllowed) {
      throw new MqError("permission_denied", `${handler.name} is not answered on this port`);
    }
    const answer = handler.run(this.#options.services, command, session);
    if (!(answer instanceof Promise)) {
      this.#answer(session, opaque, flag, serializeType, answer);
      return;
    }
    session.inFlightCount++;
    void answer
      .then(
        (found) => this.#answer(session, opaque, flag, serializeType, found),
        (error: unknown) => this.answerError(session, opaque, flag, serializeType, error),
      )
      .then(() => session.requestDone());
  }

  #answer(
    session: Session,
    opaque: number,
    flag: number,
    serializeType: SerializeType,
    answer: Answer,
  ): void {
    if ((flag & flagOneway) !== 0 || session.isClosed) {
      return;
    }
    if ((answer.body?.length ?? 0) > bodyBytesMax) {
      this.#answer(session, opaque, flag, serializeType, tooLarge);
      return;
    }
    session.send(
      encodeCommand({
        code: answer.code,
        opaque,
        flag: flagResponse,
        remark: answer.remark,
        // Java's clients fail on a reply without the member, even an empty one (remoting T8).
        fields: answer.fields ?? [],
        serializeType,
        body: answer.body,
      }),
    );
  }

  #answerOf(error: unknown, session: Session): Answer {
    if (error instanceof MqError) {
      this.refusedCount++;
      return { code: responseCodeOf[error.kind], remark: remarkOf(error) };
    }
    if (error instanceof DecodeError) {
      this.refusedCount++;
      return { code: responseCodeOf.bad_request, remark: error.message };
    }
    if (error instanceof BrokenInvariant) {
      throw error;
    }
    this.failedCount++;
    this.#options.log.error("a request failed", {
      peer: session.remoteAddress,
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return { code: responseCodeOf.internal, remark: "an unexpected error; see the server's log" };
  }
}

/** People and tools look for RocketMQ's mark where a broker says that it is busy (remoting 8.9). */
function remarkOf({ kind, message }: MqError): string {
  return kind === "broker_busy" && !message.startsWith("[") ? `[REJECTREQUEST]${message}` : message;
}
