/**
 * Lets replies to sends go once the log is acknowledged up to their records: for all sessions at once, whenever
 * the acknowledged offset grew. When the disk fails for good, every reply that still waits becomes a refusal.
 */
import type { Durability } from "../broker/ports.ts";
import type { Session } from "./session.ts";

/** Answers a request whose record will never be acknowledged. */
export type Refuse = (session: Session, opaque: number, serializeType: number) => void;

export class ReplyGate {
  readonly #durability: Durability;
  readonly #refuse: Refuse;
  #sessions: Session[] = [];

  constructor(durability: Durability, refuse: Refuse) {
    this.#durability = durability;
    this.#refuse = refuse;
    durability.onAcknowledged(() => this.#acknowledged());
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#sessions.length === 0;
  }

  /**
   * Takes the reply that was encoded into the session's gated output up to `end`. It leaves at once when the
   * offset is acknowledged already.
   */
  push(
    session: Session,
    end: number,
    endOffset: number,
    opaque: number,
    serializeType: number,
  ): void {
    const { gated } = session;
    gated.push(end, endOffset, opaque, serializeType);
    if (endOffset <= this.#durability.acknowledgedOffset) {
      gated.release(this.#durability.acknowledgedOffset, session.output);
      session.markDirty();
    } else if (gated.count === 1) {
      this.#sessions.push(session);
    }
  }

  #acknowledged(): void {
    const { acknowledgedOffset, isFailed } = this.#durability;
    const sessions = this.#sessions;
    let kept = 0;
    for (let index = 0; index < sessions.length; index++) {
      const session = sessions[index] as Session;
      if (session.gated.release(acknowledgedOffset, session.output) > 0) {
        session.markDirty();
      }
      if (isFailed && session.gated.count > 0) {
        session.gated.refuseAll((opaque, type) => this.#refuse(session, opaque, type));
        session.markDirty();
      }
      if (session.gated.count > 0) {
        sessions[kept++] = session;
      }
    }
    sessions.length = kept;
  }
}
