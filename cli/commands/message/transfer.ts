/** Sends many messages once each, in windows, and keeps account of them in a file that a killed run is gone on with. */
import type { Client, Message, MessageQueue } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { flag, rate, text, toggle, type Zod } from "../../flag.ts";
import { pause } from "../../pause.ts";
import type { Place, TransferState } from "./transfer-state.ts";

/** One message of a transfer, or why it cannot be sent. */
export interface Part {
  readonly place: Place;
  readonly message: Message | string;
}

const windowMax = 64;
const windowBytesMax = 8 << 20;
/** Further failures are only counted. */
const toldMax = 20;
/** Errors after which it is known that nothing was stored. */
const answered: ReadonlySet<string> = new Set(["MQ-E-REFUSED", "MQ-E-NOROUTE", "MQ-E-USAGE"]);

export const transferFlags = {
  rate: flag(rate().optional(), { about: "at most N a second", value: "N" }),
  state: flag(text(1).optional(), {
    about: "file that says what was sent; one of its own in the user's state folder",
    value: "FILE",
  }),
  skipFailed: toggle("pass over messages that cannot be sent"),
} as const;

export const transferSchema = (z: Zod) =>
  z.object({
    from: z.string(),
    to: z.string(),
    sent: z.number(),
    failed: z.number(),
    before: z.number(),
    repeated: z.number(),
    complete: z.boolean(),
    state: z.string(),
  });

export interface TransferOptions {
  readonly from: string;
  readonly to: string;
  readonly client: Client;
  readonly state: TransferState;
  readonly rate: number | undefined;
  readonly skipFailed: boolean;
  /** Where messages of a lane go, always the same; undefined lets the producer choose. */
  readonly queueOf: (lane: string) => MessageQueue | undefined;
  /** Messages that earlier runs sent. */
  readonly before: () => number;
}

export class Transfer {
  readonly #context: CommandContext;
  readonly #options: TransferOptions;
  readonly #startedMs: number;
  #begun = 0;
  #sent = 0;
  #failed = 0;
  #repeated = 0;
  #failure: CommandError | undefined;

  constructor(context: CommandContext, options: TransferOptions) {
    this.#context = context;
    this.#options = options;
    this.#startedMs = context.environment.clock.elapsedMs();
  }

  /** Sends all; resolves with the exit code, after the account was printed. Throws when nothing could be sent. */
  async run(parts: AsyncIterable<Part>): Promise<ExitCode | undefined> {
    let broken: unknown;
    try {
      await this.#sendAll(parts);
    } catch (error) {
      broken = error;
    }
    const isAborted = this.#context.signal.aborted;
    const failure = broken ?? this.#failure;
    if (failure !== undefined && !isAborted && this.#sent === 0) {
      throw failure;
    }
    this.#print(failure === undefined && !isAborted);
    if (broken !== undefined && !isAborted) {
      throw broken;
    }
    if (isAborted) {
      return exitCode.interrupted;
    }
    return this.#failed > 0 ? exitCode.partial : undefined;
  }

  /** True while nothing failed that would have to be sent by the next run. */
  get isComplete(): boolean {
    return this.#failure === undefined && !this.#context.signal.aborted;
  }

  async #sendAll(parts: AsyncIterable<Part>): Promise<void> {
    let window: Part[] = [];
    let bytes = 0;
    for await (const part of parts) {
      if (!this.isComplete) {
        return;
      }
      window.push(part);
      bytes += typeof part.message === "string" ? 0 : part.message.body.length;
      if (window.length >= windowMax || bytes >= windowBytesMax) {
        await this.#sendWindow(window);
        window = [];
        bytes = 0;
      }
    }
    if (this.isComplete) {
      await this.#sendWindow(window);
    }
  }

  /** Lanes beside each other, each in its order. */
  async #sendWindow(window: readonly Part[]): Promise<void> {
    if (window.length === 0) {
      return;
    }
    const { state } = this.#options;
    const repeated = new Set(window.filter(({ place }) => state.isDoubtful(place)));
    if (this.#context.global.dryRun) {
      for (const part of window) {
        this.#sent += typeof part.message === "string" ? 0 : 1;
        this.#failed += typeof part.message === "string" ? 1 : 0;
        this.#repeated += repeated.has(part) ? 1 : 0;
      }
      return;
    }
    state.begin(window.map(({ place }) => place));
    const lanes = Map.groupBy(window, ({ place }) => place.lane);
    await Promise.all([...lanes.values()].map((parts) => this.#sendLane(parts, repeated)));
  }

  async #sendLane(parts: readonly Part[], repeated: ReadonlySet<Part>): Promise<void> {
    const { state } = this.#options;
    for (const part of parts) {
      if (this.isComplete) {
        await this.#pace();
      }
      if (!this.isComplete) {
        if (!repeated.has(part)) {
          state.notSent(part.place);
        }
        continue;
      }
      const error = await this.#send(part);
      if (error === undefined) {
        this.#sent++;
        this.#repeated += repeated.has(part) ? 1 : 0;
        state.done(part.place);
      } else {
        this.#fail(part, error, repeated.has(part));
      }
    }
  }

  async #send({ place, message }: Part): Promise<CommandError | undefined> {
    const { client, queueOf } = this.#options;
    if (typeof message === "string") {
      return new CommandError("MQ-E-USAGE", exitCode.usage, message);
    }
    try {
      const timeoutMs = this.#context.global.timeout;
      await client.producer.send(message, { queue: queueOf(place.lane), retries: 0, timeoutMs });
      return undefined;
    } catch (error) {
      return toCommandError(error);
    }
  }

  #fail({ place }: Part, error: CommandError, isRepeated: boolean): void {
    const { state, skipFailed } = this.#options;
    const isKnown = answered.has(error.code);
    this.#failed++;
    if (skipFailed && isKnown) {
      state.done(place);
    } else {
      this.#failure ??= error;
      if (isKnown && !isRepeated) {
        state.notSent(place);
      }
    }
    if (this.#failed <= toldMax) {
      const { lane, offset } = place;
      const what = `${lane}@${offset}: ${error.message}`;
      const { hint, code, exitCode: exit } = error;
      this.#context.output.error(
        new CommandError(code, exit, what, hint === undefined ? {} : { hint }),
      );
    }
  }

  #print(isWhole: boolean): void {
    const { output, global } = this.#context;
    const { from, to, state, before } = this.#options;
    const item = {
      from,
      to,
      sent: this.#sent,
      failed: this.#failed,
      before: before(),
      repeated: this.#repeated,
      complete: isWhole,
      state: state.path,
    };
    const notes = [
      `${item.sent} ${global.dryRun ? "would be sent" : "sent"}`,
      ...(item.failed > 0 ? [`${item.failed} failed`] : []),
      ...(item.before > 0 ? [`${item.before} were dealt with before`] : []),
      ...(item.repeated > 0 ? [`${item.repeated} of them may be there twice`] : []),
      ...(isWhole ? [] : ["the same command goes on"]),
    ];
    output.item("Transfer", item);
    output.note(notes.join(", "));
  }

  async #pace(): Promise<void> {
    const { rate } = this.#options;
    if (rate === undefined) {
      return;
    }
    const { clock } = this.#context.environment;
    const waitMs = this.#startedMs + (this.#begun++ * 1_000) / rate - clock.elapsedMs();
    if (waitMs > 0) {
      await pause(this.#context, waitMs, this.#context.signal);
    }
  }
}
