/**
 * A server that a harness runs beside itself: its output goes to a file, it is ready when its port
 * answers, and it never outlives the harness.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";

export interface ServerCommand {
  readonly name: string;
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly outputPath: string;
  /** Ports on 127.0.0.1 that all answer once the server is ready. */
  readonly ports: readonly number[];
  readonly readyTimeoutMs: number;
}

export interface ServerProcess {
  readonly pid: number;
  isRunning(): boolean;
  /** Sends the signal and resolves when the process is gone; after the grace time it is killed. */
  end(signal: "SIGTERM" | "SIGKILL", graceMs: number): Promise<void>;
}

const pollMs = 25;
const outputShownBytes = 2_000;
const running = new Set<ServerProcess & { killNow(): void }>();

process.on("exit", () => {
  for (const server of running) {
    server.killNow();
  }
});

/** Starts the server and resolves when all its ports answer; rejects with its last output otherwise. */
export async function startServer(options: ServerCommand): Promise<ServerProcess> {
  const server = launch(options);
  const giveUpAt = performance.now() + options.readyTimeoutMs;
  for (const port of options.ports) {
    while (!(await answers(port))) {
      if (!server.isRunning() || performance.now() > giveUpAt) {
        const what = server.isRunning() ? `port ${port} never answered` : "it ended";
        await server.end("SIGKILL", 0);
        throw new Error(`${options.name}: ${what}\n${lastOutput(options.outputPath)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  return server;
}

function launch(options: ServerCommand): ServerProcess {
  const [program = "", ...words] = options.command;
  const output = openSync(options.outputPath, "a");
  const child = spawn(program, words, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", resolve);
    child.once("error", resolve);
  }).then(() => {
    isGone = true;
    running.delete(server);
  });
  const server = {
    pid: child.pid ?? 0,
    isRunning: () => !isGone,
    killNow: () => {
      child.kill("SIGKILL");
    },
    end: async (signal: "SIGTERM" | "SIGKILL", graceMs: number) => {
      child.kill(signal);
      const late = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(late);
    },
  };
  running.add(server);
  return server;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      socket.destroy();
      resolve(false);
    });
  });
}

function lastOutput(path: string): string {
  return readFileSync(path, "utf8").slice(-outputShownBytes);
}
