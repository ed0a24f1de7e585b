/** The process on Bun: its arguments, signals, and the only place that starts other programs. */
import { closeSync, openSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename } from "node:path";
import { assert } from "../../core/assert.ts";
import type {
  ChildHandle,
  ProcessPort,
  ProcessUsage,
  ProgramAnswer,
  ShellPipe,
} from "../process.ts";
import type { Profiler } from "../profiler.ts";
import { writeWhole } from "./descriptor.ts";
import { userFiles } from "./user-files.ts";
import { parseYaml } from "./yaml.ts";

/** True when this is the compiled executable: its script lies inside it. */
const isCompiled = import.meta.url.includes("/$bunfs/") || import.meta.url.includes("B:/~BUN");

function handleOf(child: Bun.Subprocess): ChildHandle {
  return {
    pid: child.pid,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
  };
}

/** Makes the port to this process. */
export function createBunProcess(): ProcessPort {
  return {
    pid: process.pid,
    executable: process.execPath,
    calledAs: isCompiled ? basename(process.argv0).replace(/\.exe$/i, "") : "mq",
    argv: process.argv.slice(2),
    self: isCompiled ? [process.execPath] : [process.execPath, process.argv[1] ?? ""],
    environment: process.env,
    files: userFiles,
    currentFolder: () => process.cwd(),
    temporaryFolder: () => tmpdir(),
    homeFolder: () => homedir(),
    onSignal(listener) {
      const onInterrupt = (): void => listener("SIGINT");
      const onTerminate = (): void => listener("SIGTERM");
      process.on("SIGINT", onInterrupt);
      process.on("SIGTERM", onTerminate);
      return () => {
        process.off("SIGINT", onInterrupt);
        process.off("SIGTERM", onTerminate);
      };
    },
    interruptibly,
    isRunning(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return error instanceof Error && "code" in error && error.code === "EPERM";
      }
    },
    signal: (pid, signal) => {
      process.kill(pid, signal);
    },
    run(command, environment) {
      return handleOf(
        Bun.spawn([...command], {
          stdin: "inherit",
          stdout: "inherit",
          stderr: "inherit",
          env: { ...process.env, ...environment },
        }),
      );
    },
    ask,
    runDetached(command, outputPath) {
      const output = openSync(outputPath, "a", 0o600);
      const child = Bun.spawn([...command], {
        stdin: "ignore",
        stdout: output,
        stderr: output,
        detached: true,
      });
      child.unref();
      return handleOf(child);
    },
    runSupervised(command) {
      // A pipe that only we can write to: the kernel closes it with us. In a session of its own, Ctrl-C passes it by.
      return handleOf(
        Bun.spawn([...command], {
          stdin: "pipe",
          stdout: "inherit",
          stderr: "inherit",
          detached: true,
        }),
      );
    },
    inputEnded: () =>
      new Promise((resolve) => {
        process.stdin.once("end", resolve);
        process.stdin.once("error", resolve);
        process.stdin.resume();
      }),
    pipeToShell,
    formatToml: (table) => Bun.TOML.stringify(table),
    parseToml: (text) => Bun.TOML.parse(text) as Readonly<Record<string, unknown>>,
    parseYaml,
    formatYaml: (value) => Bun.YAML.stringify(value, null, 2),
    usage,
    profiler,
    exit: (code) => process.exit(code),
    keepAlive() {
      const timer = setInterval(() => undefined, 1 << 30);
      return () => clearInterval(timer);
    },
  };
}

async function profiler(): Promise<Profiler> {
  const { createBunProfiler } = await import("./profiler.ts");
  return createBunProfiler();
}

function usage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  return { residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
}

function interruptibly<T>(work: () => T): T {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const listeners = signals.map((signal) => [signal, process.listeners(signal)] as const);
  for (const signal of signals) {
    process.removeAllListeners(signal);
  }
  try {
    return work();
  } finally {
    for (const [signal, those] of listeners) {
      for (const listener of those) {
        process.on(signal, listener as NodeJS.SignalsListener);
      }
    }
  }
}

async function ask(command: readonly string[], input = ""): Promise<ProgramAnswer | undefined> {
  if (Bun.which(command[0] ?? "") === null) {
    return undefined;
  }
  const child = Bun.spawn([...command], {
    stdin: Buffer.from(input, "utf8"),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

/**
 * The line's input is a pipe of its own, moved to descriptor 0 by the shell: Bun hands such a pipe over as a plain
 * descriptor, which can be written to at the pace of its reader.
 */
function pipeToShell(line: string): ShellPipe {
  const child = Bun.spawn(["/bin/sh", "-c", `exec 0<&3 3<&-\n${line}`], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const [, , , descriptor] = child.stdio;
  assert(typeof descriptor === "number", "an extra pipe is a descriptor");
  return {
    write: (text) => writeWhole(descriptor, text),
    async end() {
      closeSync(descriptor);
      return await child.exited;
    },
  };
}
