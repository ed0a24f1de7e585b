/**
 * One connection of a listening wire: its unfinished frame, its output, what it waits for.
 *
 * Frames are handed to the receiver as they come; replies gather in the output and leave once, when the turn
 * ends. A session that owes too much (replies not taken, requests not done) is read no further: frames that had
 * arrived by then wait in order, and the socket's window makes the peer wait. It is closed when it makes no
 * progress for a stated time, never for being slow.
 */
import { DecodeError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { Connection, ConnectionEvents } from "../io/network.ts";
import type { SerializeType } from "../protocol/remoting/command.ts";
import { FrameReader } from "../protocol/remoting/frame-reader.ts";
import { encodeHost } from "../record/host.ts";
import type { BufferPool } from "./buffer-pool.ts";
import type { Flushable, FlushList } from "./flush-list.ts";
import { GatedReplies } from "./gated-replies.ts";
import { OutputBuffer } from "./output-buffer.ts";

/** Who handles a session's frames. */
export interface Receiver {
  /** One frame without its length word. Throws DecodeError when nobody can tell whom to answer. */
  frame(session: Session, source: Buffer, start: number, end: number): void;
}

/** What sessions of one listener share. Counters are plain numbers for metrics. */
export interface SessionHost {
  readonly pool: BufferPool;
  readonly flushList: FlushList;
  readonly receiver: Receiver;
  /** Monotonic milliseconds of the last sweep: exact enough for limits of seconds. */
  readonly sweptMs: number;
  unfinishedBytes: number;
  backlogBytes: number;
  receivedBytes: number;
  sentBytes: number;
  refusedFrames: number;
  closed(session: Session, reason: string): void;
  /** A session has handed on what it could: whoever waits for that looks again. */
  flushed(): void;
  /** More unfinished bytes than allowed: the listener picks whom to close. */
  tooManyUnfinished(): void;
}

interface WaitingFrame {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

export class Session implements ConnectionEvents, Flushable {
  readonly connection: Connection;
  readonly output: OutputBuffer;
  readonly gated: GatedReplies;
  /** The peer's address as records carry it. */
  readonly bornHost: Buffer;
  /** What the peer last wrote its headers in; requests of ours follow it. */
  serializeType: SerializeType = 0;
  /** What the peer last said of itself. */
  language = 0;
  version = 0;
  /** Requests that are neither answered nor held nor gated. */
  inFlightCount = 0;
  /** Pulls held for this session. */
  heldCount = 0;
  isClosed = false;
  /** When the unfinished frame began, −1 without one. */
  frameSinceMs = -1;
  frameCount = 0;
  lastReadMs: number;
  /** Since when nothing of the output was taken, −1 while there is none. */
  stalledSinceMs = -1;
  readonly #host: SessionHost;
  readonly #reader = new FrameReader(limits.frameBytesMax);
  readonly #waiting: WaitingFrame[] = [];
  readonly #closeListeners: (() => void)[] = [];
  readonly #onFrame = (source: Buffer, start: number, end: number): void => {
    this.#frame(source, start, end);
  };
  #onRelief: (() => void)[] = [];
  #unfinishedBytes = 0;
  #framesAtUnfinished = 0;
  #backlogBytes = 0;
  #isFlushListed = false;
  #isPaused = false;
  #isRelieving = false;
  #isReadNoMore = false;
  #nextOpaque = 0;
  #closeReason = "closed by the peer";

  constructor(connection: Connection, host: SessionHost) {
    this.connection = connection;
    this.#host = host;
    this.output = new OutputBuffer(host.pool);
    this.gated = new GatedReplies(host.pool);
    this.bornHost = encodeHost(connection.remoteHost, connection.remotePort);
    this.lastReadMs = host.sweptMs;
  }

  get remoteAddress(): string {
    return `${this.connection.remoteHost}:${this.connection.remotePort}`;
  }

  /** Too many replies are not taken: whoever has more to send waits for `whenRelieved`. */
  get isBacklogged(): boolean {
    const pending = this.output.pendingBytes;
    return (
      pending >= limits.outputBacklogBytes ||
      (pending > limits.outputLagBytes && this.#host.backlogBytes > limits.outputTotalBytes)
    );
  }

  /** Read no further for now: time limits of reading do not count. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  get unfinishedBytes(): number {
    return this.#unfinishedBytes;
  }

  /** A number for a request of ours. */
  takeOpaque(): number {
    this.#nextOpaque = (this.#nextOpaque + 1) & 0x7fff_ffff;
    return this.#nextOpaque;
  }

  /** Something was written to the output: it leaves when the turn ends. */
  markDirty(): void {
    if (!this.#isFlushListed && !this.isClosed) {
      this.#isFlushListed = true;
      this.#host.flushList.add(this);
    }
  }

  /** Sends a whole frame. */
  send(frame: Buffer): void {
    if (!this.isClosed) {
      this.output.append(frame, 0, frame.length);
      this.markDirty();
    }
  }

  /** Runs once when the peer has taken enough; not after a close. */
  whenRelieved(run: () => void): void {
    this.#onRelief.push(run);
  }

  /** Runs once when the session has closed. */
  onClose(run: () => void): void {
    this.#closeListeners.push(run);
  }

  /** A request that waited is done. */
  requestDone(): void {
    this.inFlightCount--;
    this.relieve();
  }

  data(_connection: Connection, chunk: Buffer): void {
    const host = this.#host;
    host.receivedBytes += chunk.length;
    this.lastReadMs = host.sweptMs;
    try {
      this.#reader.push(chunk, this.#onFrame);
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#noteUnfinished();
    this.#pauseOrResume();
  }

  drain(): void {
    this.flush();
  }

  close(_connection: Connection, error: Error | undefined): void {
    if (this.isClosed) {
      return;
    }
    this.isClosed = true;
    const host = this.#host;
    host.unfinishedBytes -= this.#unfinishedBytes;
    host.backlogBytes -= this.#backlogBytes;
    this.#unfinishedBytes = 0;
    this.#backlogBytes = 0;
    this.output.release();
    this.gated.clear();
    this.#waiting.length = 0;
    this.#onRelief = [];
    for (const listener of this.#closeListeners) {
      listener();
    }
    host.closed(this, error === undefined ? this.#closeReason : error.message);
  }

  /** Closes the connection at once. */
  abort(reason: string): void {
    if (!this.isClosed) {
      this.#closeReason = reason;
      this.connection.close();
      this.close(this.connection, undefined);
    }
  }

  /** Takes no more requests; those it took are still answered. */
  readNoMore(): void {
    this.#isReadNoMore = true;
    this.#pauseOrResume();
  }

  /** Closes once the peer has what was sent. */
  end(reason: string): void {
    if (!this.isClosed) {
      this.#closeReason = reason;
      this.connection.end();
    }
  }

  flush(): void {
    this.#isFlushListed = false;
    if (this.isClosed) {
      return;
    }
    const host = this.#host;
    const taken = this.output.flushTo(this.connection);
    host.sentBytes += taken;
    const pending = this.output.pendingBytes;
    host.backlogBytes += pending - this.#backlogBytes;
    this.#backlogBytes = pending;
    if (pending === 0) {
      this.stalledSinceMs = -1;
    } else if (taken > 0 || this.stalledSinceMs < 0) {
      this.stalledSinceMs = host.sweptMs;
    }
    this.relieve();
    host.flushed();
  }

  /** Something this session waited for has happened: goes on where that was what it waited for. */
  relieve(): void {
    if (this.isClosed || this.#isRelieving) {
      return;
    }
    this.#isRelieving = true;
    if (!this.isBacklogged && this.#onRelief.length > 0) {
      const waiting = this.#onRelief;
      this.#onRelief = [];
      for (const run of waiting) {
        run();
      }
    }
    this.#handleWaiting();
    this.#isRelieving = false;
    this.#pauseOrResume();
  }

  /** Owes so much that it is read no further. */
  get #isSuspended(): boolean {
    return (
      this.#isReadNoMore ||
      this.gated.count >= limits.gatedRepliesMax ||
      this.inFlightCount >= limits.requestsInFlightMax ||
      this.isBacklogged
    );
  }

  #frame(source: Buffer, start: number, end: number): void {
    this.frameCount++;
    if (this.isClosed) {
      return;
    }
    if (this.#waiting.length > 0 || this.#isSuspended) {
      this.#waiting.push({ source, start, end });
      return;
    }
    this.#host.receiver.frame(this, source, start, end);
  }

  #handleWaiting(): void {
    if (this.#waiting.length === 0) {
      return;
    }
    let handled = 0;
    try {
      while (handled < this.#waiting.length && !this.#isSuspended && !this.isClosed) {
        const { source, start, end } = this.#waiting[handled] as WaitingFrame;
        handled++;
        this.#host.receiver.frame(this, source, start, end);
      }
    } catch (error) {
      this.#refuse(error);
    }
    this.#waiting.splice(0, handled);
  }

  #pauseOrResume(): void {
    if (this.isClosed) {
      return;
    }
    const mustPause = this.#waiting.length > 0 || this.#isSuspended;
    if (mustPause !== this.#isPaused) {
      this.#isPaused = mustPause;
      if (mustPause) {
        this.connection.pause();
      } else {
        this.lastReadMs = this.#host.sweptMs;
        if (this.frameSinceMs >= 0) {
          this.frameSinceMs = this.lastReadMs;
        }
        this.connection.resume();
      }
    }
  }

  #noteUnfinished(): void {
    if (this.isClosed) {
      return;
    }
    const host = this.#host;
    const bytes = this.#reader.pendingBytes;
    if (bytes === 0) {
      this.frameSinceMs = -1;
    } else if (this.frameSinceMs < 0 || this.frameCount !== this.#framesAtUnfinished) {
      this.frameSinceMs = host.sweptMs;
    }
    this.#framesAtUnfinished = this.frameCount;
    host.unfinishedBytes += bytes - this.#unfinishedBytes;
    this.#unfinishedBytes = bytes;
    if (host.unfinishedBytes > limits.unfinishedFramesBytesMax) {
      host.tooManyUnfinished();
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    this.#host.refusedFrames++;
    this.abort(`not understood: ${error.message}`);
  }
}
