/**
 * Runs the benchmark in namespaces of its own. RocketMQ's replication port listens on every interface whatever
 * it is told, so the network has loopback and nothing else; and when the first process of a process namespace
 * ends, however it ends, the kernel ends all others: no broker can be left behind.
 */
const marker = "MQ_BENCH_ISOLATED";

export function isIsolated(): boolean {
  return process.env[marker] === "1";
}

/** Brings up loopback, the one interface of the fresh network namespace. */
export function openLoopback(): void {
  const done = Bun.spawnSync(["ip", "link", "set", "lo", "up"], { stdin: "ignore" });
  if (done.exitCode !== 0) {
    throw new Error(`loopback did not come up: ${done.stderr.toString()}`);
  }
}

/** Runs this same command again inside the namespaces and returns its exit code. */
export async function runIsolated(command: readonly string[]): Promise<number> {
  const asUser = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const child = Bun.spawn(
    ["unshare", ...asUser, "--net", "--pid", "--fork", "--mount-proc", "--kill-child", ...command],
    {
      stdin: "ignore",
      stdout: "inherit",
      stderr: "inherit",
      env: { ...process.env, [marker]: "1" },
    },
  );
  const stop = () => child.kill("SIGKILL");
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const code = await child.exited;
  return code;
}
