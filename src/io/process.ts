/** The process around the product: its arguments, its signals, and the few other processes that it may start. */
import type { Profiler } from "./profiler.ts";

export interface ChildHandle {
  readonly pid: number;
  /** Resolves with the exit code. */
  readonly exited: Promise<number>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** What a program that was asked something said. */
export interface ProgramAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of the system's shell that reads what is written to it. */
export interface ShellPipe {
  /** Back when the other side can read it; waits while it is full. False when the reader has gone. */
  write(text: string): boolean;
  /** Says that nothing follows. Resolves with the exit code. */
  end(): Promise<number>;
}

/**
 * Small files of the user's own, readable by nobody else: history, not data. One that cannot be read is empty, one
 * that cannot be written is done without.
 */
export interface UserFiles {
  read(path: string): string | undefined;
  /** Makes the file and its folders when they are missing. */
  append(path: string, text: string): void;
  /** Whole or not at all. */
  replace(path: string, text: string): void;
}

/** What this process takes of the machine. */
export interface ProcessUsage {
  readonly residentBytes: number;
  /** Since the start, user and system. */
  readonly cpuSeconds: number;
}

export interface ProcessPort {
  readonly pid: number;
  readonly executable: string;
  /** The name it was called by, without folders: a link to the executable may have another. */
  readonly calledAs: string;
  /** Arguments behind the executable (and behind the script when run from source). */
  readonly argv: readonly string[];
  /** What starts this program again: the executable, and the script when run from source. */
  readonly self: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: UserFiles;
  currentFolder(): string;
  temporaryFolder(): string;
  homeFolder(): string;
  /** Calls the listener for SIGINT and SIGTERM; returns how to stop that. */
  onSignal(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void;
  /**
   * Does work during which nothing else runs, no listener either: a signal ends the process at once, as if nobody listened. For
   * work that changes nothing.
   */
  interruptibly<T>(work: () => T): T;
  /** True when a process with the id runs. */
  isRunning(pid: number): boolean;
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
  /** Starts a program with our standard streams; its environment is ours and what is given. */
  run(command: readonly string[], environment: Readonly<Record<string, string>>): ChildHandle;
  /** Runs a program to its end with this input; undefined when there is no such program. */
  ask(command: readonly string[], input?: string): Promise<ProgramAnswer | undefined>;
  /** Starts a program that outlives us, its output in the file. */
  runDetached(command: readonly string[], outputPath: string): ChildHandle;
  /**
   * Starts a program that is to end when we do: it has our output, no terminal's signals reach it, and its standard
   * input, which is empty, ends with us however we end.
   */
  runSupervised(command: readonly string[]): ChildHandle;
  /** Resolves when standard input has ended: for a program that was started so. */
  inputEnded(): Promise<void>;
  /** Starts a line in the system's shell; its input is what is written to the pipe. */
  pipeToShell(line: string): ShellPipe;
  /** Reads TOML; throws an error that says where it is wrong. */
  parseToml(text: string): Readonly<Record<string, unknown>>;
  formatToml(table: Readonly<Record<string, unknown>>): string;
  /** Reads YAML, and so JSON; throws an error that says near which line it is wrong. */
  parseYaml(text: string): unknown;
  formatYaml(value: unknown): string;
  usage(): ProcessUsage;
  /** Loads what takes profiles of this process; until then it costs nothing. */
  profiler(): Promise<Profiler>;
  exit(code: number): never;
  /** Keeps the process alive until the function is called. */
  keepAlive(): () => void;
}
