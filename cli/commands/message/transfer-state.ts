/**
 * How far a transfer of messages has come: a file of JSON lines. What comes in one lane (a queue, the lines of a file) is sent
 * in its order, so that a number a lane says what was sent. A window of messages stands in the file, on the device, before
 * they are sent: of those whose end is not known after a kill nobody can tell whether they arrived, and they are sent again.
 */
import { type DiskFile, type DiskLock, joinPath, parentFolder } from "../../../src/io/disk.ts";
import { replaceWhole } from "../../../src/io/whole-file.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { lineMembers } from "../../json-line.ts";
import { readTextFile } from "../../text-file.ts";

export interface Place {
  /** `broker-a/3`; of a file's lines `line`. */
  readonly lane: string;
  readonly offset: number;
}

/** What is transferred where: another transfer must not go on with the file. */
export type TransferIdentity = Readonly<Record<string, unknown>>;

type Mark = readonly [string, number];

/** Beyond it the file is written anew with what counts. */
const fileBytesMax = 1 << 20;

export class TransferState {
  readonly path: string;
  readonly #context: CommandContext;
  readonly #identity: TransferIdentity;
  readonly #next = new Map<string, number>();
  readonly #doubtful = new Map<string, Place>();
  /** Undefined in a dry run. */
  #file: DiskFile | undefined;
  #lock: DiskLock | undefined;
  #end = 0;

  private constructor(context: CommandContext, path: string, identity: TransferIdentity) {
    this.#context = context;
    this.path = path;
    this.#identity = identity;
  }

  /**
   * Opens or makes the file; a dry run only reads it. Throws CommandError when another process uses it, or it belongs to
   * another transfer.
   */
  static open(
    context: CommandContext,
    chosen: string | undefined,
    identity: TransferIdentity,
  ): TransferState {
    const path = chosen ?? joinPath(stateFolder(context), fileName(identity));
    const state = new TransferState(context, path, identity);
    if (!context.global.dryRun) {
      const { disk } = context.environment;
      disk.makeFolder(parentFolder(path));
      state.#lock = disk.lock(`${path}.lock`);
      if (state.#lock === undefined) {
        throw new CommandError(
          "MQ-E-INUSE",
          exitCode.precondition,
          `${path}: another run of this is at work`,
        );
      }
    }
    try {
      state.#read();
      if (!context.global.dryRun) {
        state.#rewrite();
      }
    } catch (error) {
      state.#lock?.release();
      throw error;
    }
    return state;
  }

  /** The first offset of the lane that was not sent; undefined when nothing was. */
  nextOf(lane: string): number | undefined {
    return this.#next.get(lane);
  }

  /** It was being sent when an earlier run ended: it may have arrived. */
  isDoubtful(place: Place): boolean {
    return this.#doubtful.has(keyOf(place));
  }

  /** The places are about to be sent; on the device when this returns. */
  begin(places: readonly Place[]): void {
    if (this.#end > fileBytesMax) {
      this.#rewrite();
    }
    for (const place of places) {
      this.#doubtful.set(keyOf(place), place);
    }
    this.#append({ sending: places.map(markOf) });
    this.#file?.syncNow();
  }

  /** Sent, or passed over for good: so is everything before it in its lane. */
  done(place: Place): void {
    this.#next.set(place.lane, place.offset + 1);
    this.#doubtful.delete(keyOf(place));
    this.#append({ done: markOf(place) });
  }

  /** It is known that it was not stored. */
  notSent(place: Place): void {
    this.#doubtful.delete(keyOf(place));
    this.#append({ notSent: markOf(place) });
  }

  close(): void {
    this.#file?.syncNow();
    this.#file?.close();
    this.#file = undefined;
    this.#lock?.release();
    this.#lock = undefined;
  }

  #append(value: Readonly<Record<string, unknown>>): void {
    if (this.#file !== undefined) {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`, "utf8");
      this.#file.write(bytes, 0, bytes.length, this.#end);
      this.#end += bytes.length;
    }
  }

  #rewrite(): void {
    const { disk } = this.#context.environment;
    const lines = [
      { transfer: this.#identity },
      { next: Object.fromEntries(this.#next) },
      { sending: [...this.#doubtful.values()].map(markOf) },
    ];
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), "utf8");
    this.#file?.close();
    replaceWhole(disk, this.path, bytes);
    this.#file = disk.open(this.path, "write");
    this.#end = bytes.length;
  }

  #read(): void {
    const text = readTextFile(this.#context.environment, this.path) ?? "";
    // A kill may have left half a line: what it was about to say is not known.
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
    for (const [index, line] of lines.entries()) {
      if (line !== "") {
        const value = lineMembers(line);
        if (index === 0) {
          this.#checkIdentity(value["transfer"]);
        } else if (!this.#take(value)) {
          throw usageError(`${this.path}: line ${index + 1} is no line of a transfer`);
        }
      }
    }
  }

  #checkIdentity(found: unknown): void {
    if (JSON.stringify(found) !== JSON.stringify(this.#identity)) {
      throw usageError(
        found === undefined
          ? `${this.path} is no state of a transfer`
          : `${this.path} is the state of another transfer: ${JSON.stringify(found)}`,
        "--state FILE names another file",
      );
    }
  }

  #take(value: Readonly<Record<string, unknown>>): boolean {
    const { next, sending, done, notSent } = value;
    if (typeof next === "object" && next !== null) {
      for (const [lane, offset] of Object.entries(next)) {
        this.#next.set(lane, Number(offset));
      }
      return true;
    }
    if (Array.isArray(sending)) {
      for (const place of sending.flatMap(placeOf)) {
        this.#doubtful.set(keyOf(place), place);
      }
      return true;
    }
    const [place] = placeOf(done ?? notSent);
    if (place !== undefined) {
      this.#doubtful.delete(keyOf(place));
      if (done !== undefined) {
        this.#next.set(place.lane, place.offset + 1);
      }
    }
    return place !== undefined;
  }
}

function stateFolder({ process }: CommandContext): string {
  const state =
    process.environment["XDG_STATE_HOME"] || joinPath(process.homeFolder(), ".local", "state");
  return joinPath(state, "mq", "transfers");
}

function fileName({ command, from, to }: TransferIdentity): string {
  return `${encodeURIComponent(`${command} ${from} ${to}`)}.jsonl`.slice(-200);
}

function markOf({ lane, offset }: Place): Mark {
  return [lane, offset];
}

function placeOf(mark: unknown): readonly Place[] {
  if (!Array.isArray(mark)) {
    return [];
  }
  const [lane, offset] = mark as readonly unknown[];
  return typeof lane === "string" && typeof offset === "number" ? [{ lane, offset }] : [];
}

function keyOf({ lane, offset }: Place): string {
  return `${lane}@${offset}`;
}
