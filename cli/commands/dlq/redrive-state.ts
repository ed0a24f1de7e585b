/**
 * What became of each dead letter that was sent again: a file of JSON lines that only grows. A line is on the disk before its
 * message is sent, so that whoever goes on after a kill knows of which message nobody can tell.
 */
import { type DiskFile, type DiskLock, joinPath, parentFolder } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { lineMembers } from "../../json-line.ts";
import { stateFolder } from "../../state-folder.ts";
import { readTextFile } from "../../text-file.ts";

export interface Place {
  readonly broker: string;
  readonly queue: number;
  readonly offset: number;
}

type Step = "sending" | "sent" | "failed";

export class RedriveState {
  readonly path: string;
  readonly #file: DiskFile;
  readonly #lock: DiskLock;
  readonly #steps: Map<string, Step>;
  #end: number;

  private constructor(parts: {
    readonly path: string;
    readonly file: DiskFile;
    readonly lock: DiskLock;
    readonly steps: Map<string, Step>;
    readonly end: number;
  }) {
    this.path = parts.path;
    this.#file = parts.file;
    this.#lock = parts.lock;
    this.#steps = parts.steps;
    this.#end = parts.end;
  }

  /** Opens or makes the file. Throws CommandError when another process uses it, or it is another group's. */
  static open(context: CommandContext, group: string, chosen: string | undefined): RedriveState {
    const { disk } = context.environment;
    const path =
      chosen ??
      joinPath(stateFolder(context.process, "redrive"), `${encodeURIComponent(group)}.jsonl`);
    disk.makeFolder(parentFolder(path));
    const lock = disk.lock(`${path}.lock`);
    if (lock === undefined) {
      throw new CommandError(
        "MQ-E-INUSE",
        exitCode.precondition,
        `${path}: another redrive of '${group}' is at work`,
      );
    }
    const text = readTextFile(context.environment, path) ?? "";
    // A kill may have left half a line: what it was about to say is not known, and it is written over.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const steps = readSteps(path, group, whole);
    const file = disk.open(path, "create");
    const state = new RedriveState({
      path,
      file,
      lock,
      steps,
      end: Buffer.byteLength(whole, "utf8"),
    });
    file.truncate(state.#end);
    if (whole === "") {
      state.#append({ group });
      file.syncNow();
      disk.syncFolder(parentFolder(path));
    }
    return state;
  }

  isSent(place: Place): boolean {
    return this.#steps.get(keyOf(place)) === "sent";
  }

  /** It was being sent when an earlier run ended: it may be there already. */
  isDoubtful(place: Place): boolean {
    return this.#steps.get(keyOf(place)) === "sending";
  }

  note(place: Place, step: Step): void {
    this.#steps.set(keyOf(place), step);
    const { broker, queue, offset } = place;
    this.#append({ broker, queue, offset, step });
    if (step === "sending") {
      this.#file.syncNow();
    }
  }

  close(): void {
    this.#file.syncNow();
    this.#file.close();
    this.#lock.release();
  }

  #append(value: Readonly<Record<string, unknown>>): void {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`, "utf8");
    this.#file.write(bytes, 0, bytes.length, this.#end);
    this.#end += bytes.length;
  }
}

function readSteps(path: string, group: string, text: string): Map<string, Step> {
  const steps = new Map<string, Step>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") {
      continue;
    }
    const value = lineMembers(line);
    if (index === 0) {
      if (value["group"] !== group) {
        throw usageError(`${path} is no file of a redrive of group '${group}'`);
      }
      continue;
    }
    const { broker, queue, offset, step } = value;
    if (
      typeof broker !== "string" ||
      typeof queue !== "number" ||
      typeof offset !== "number" ||
      (step !== "sending" && step !== "sent" && step !== "failed")
    ) {
      throw usageError(`${path}: line ${index + 1} is no line of a redrive`);
    }
    steps.set(keyOf({ broker, queue, offset }), step);
  }
  return steps;
}

function keyOf({ broker, queue, offset }: Place): string {
  return `${broker}:${queue}@${offset}`;
}
