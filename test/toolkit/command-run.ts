/** Runs the executable as a script does: pipes, a home of its own, a clean environment. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { splitLine } from "../../cli/shell/words.ts";

export interface Printed {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandRun {
  /** Home and working folder. */
  readonly folder: string;
  /** What MQ_NAMESERVER says. */
  readonly nameserver: string;
  readonly input?: string | Buffer | undefined;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The executable as it is built. */
export const executable = join(import.meta.dir, "../../dist/mq");

const timeoutMs = 60_000;

/** Throws when there is none. */
export function requireExecutable(): void {
  if (!existsSync(executable)) {
    throw new Error("dist/mq is not built: run `make build`");
  }
}

/** The words of a line as a shell takes them, with what `$NAME` stands for. */
export function wordsOf(line: string, names: ReadonlyMap<string, string>): readonly string[] {
  return (splitLine(line)[0]?.words ?? []).map((word) =>
    word.replace(/\$([A-Z][A-Z_]*)/g, (typed, name) => names.get(name) ?? typed),
  );
}

/** Runs one command to its end. */
export function runCommand(words: readonly string[], run: CommandRun): Promise<Printed> {
  return runProgram(executable, words, run);
}

/** Runs the command for a reader that is gone before it writes; what the exit code was stands in `exit`. */
export async function runForClosedPipe(
  words: readonly string[],
  run: CommandRun,
): Promise<Printed> {
  // The reader has ended before the command begins.
  const script = 'exec 3> >(true); wait "$!"; "$0" "$@" >&3';
  return await runProgram("bash", ["-c", script, executable, ...words], run);
}

function runProgram(
  program: string,
  words: readonly string[],
  { folder, nameserver, input = "", variables }: CommandRun,
): Promise<Printed> {
  const child = spawn(program, words, {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, "config"),
      XDG_STATE_HOME: join(folder, "state"),
      TZ: "UTC",
      TERM: "xterm",
      MQ_NAMESERVER: nameserver,
      ...variables,
    },
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const parts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      parts[name] += text;
    });
  }
  // A command that fails at once may be gone before it was given its input.
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ exit: code ?? -1, ...parts }));
  });
}
