/**
 * What RocketMQ calls the VIP channel: clients of up to 4.4 send everything but pulls to the port two below the
 * broker's, so that sends never stand behind pulls. The same broker answers there; pulls are refused, as RocketMQ does.
 */
import { MqError } from "../../core/error.ts";
import { CommandHead, flagResponse, peekCommand } from "../../protocol/remoting/command.ts";
import { unsupportedRemark } from "../../protocol/remoting/request-code.ts";
import type { Receiver, Session } from "../session.ts";
import type { Dispatch } from "./dispatch.ts";

/** How far below the broker's port it listens. */
export const vipPortDistance = 2;

/** PULL_MESSAGE, LITE_PULL_MESSAGE, POP_MESSAGE, PEEK_MESSAGE, NOTIFICATION, POLLING_INFO. */
const pulls: ReadonlySet<number> = new Set([11, 361, 200050, 200052, 200054, 200055]);

export class VipReceiver<S> implements Receiver {
  readonly #dispatchOf: () => Dispatch<S> | undefined;
  readonly #head = new CommandHead();

  /** Frames that come before there is a dispatch are turned away. */
  constructor(dispatchOf: () => Dispatch<S> | undefined) {
    this.#dispatchOf = dispatchOf;
  }

  frame(session: Session, source: Buffer, start: number, end: number): void {
    const head = this.#head;
    const dispatch = this.#dispatchOf();
    if (dispatch === undefined) {
      session.abort("not open yet");
      return;
    }
    peekCommand(source, start, end, head);
    const { opaque, flag, serializeType } = head;
    if ((flag & flagResponse) === 0 && pulls.has(head.code)) {
      const remark = `${unsupportedRemark(head.code)} on this port; pulls go to the broker's own`;
      const refusal = new MqError("request_unsupported", remark);
      dispatch.answerError(session, opaque, flag, serializeType, refusal);
    } else {
      dispatch.frame(session, source, start, end);
    }
  }
}
