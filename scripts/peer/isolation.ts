/**
 * Runs a harness in namespaces of its own. The network there has loopback and nothing else, so that no
 * server under test is reachable from elsewhere and no port is taken; and when the first process of a
 * process namespace ends, however it ends, the kernel ends all others: nothing can be left behind.
 *
 * Needs only `unshare` of util-linux, and the right to use it.
 */
import { dlopen, FFIType } from "bun:ffi";
import { spawn, spawnSync } from "node:child_process";

const marker = "MQ_HARNESS_ISOLATED";
const namespaces = ["--net", "--pid", "--fork", "--mount-proc", "--kill-child"];

// From <sys/socket.h>, <linux/sockios.h> and <linux/if.h>.
const addressFamilyInet = 2;
const socketDatagram = 2;
const setInterfaceFlags = 0x8914;
const interfaceUpAndRunning = 0x41;
const interfaceRequestBytes = 40;
const interfaceFlagsAt = 16;

export function isIsolated(): boolean {
  return process.env[marker] === "1";
}

/** Why namespaces cannot be had here; undefined when they can. */
export function whyNotIsolated(): string | undefined {
  const trial = spawnSync("unshare", [...unshareWords(), "true"], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 10_000,
  });
  return trial.status === 0 ? undefined : (trial.error?.message ?? trial.stderr.trim());
}

/** Runs this same command again inside the namespaces and resolves with its exit code. */
export function runIsolated(command: readonly string[]): Promise<number> {
  const child = spawn("unshare", [...unshareWords(), ...command], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, [marker]: "1" },
  });
  // `unshare` takes its child with it when it is killed, and that child the whole namespace.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => child.kill("SIGKILL"));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 130));
  });
}

/** Brings up loopback, the one interface of a fresh network namespace; no `ip` command is needed. */
export function openLoopback(): void {
  const libc = dlopen("libc.so.6", {
    socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
    ioctl: { args: [FFIType.i32, FFIType.u64, FFIType.ptr], returns: FFIType.i32 },
    close: { args: [FFIType.i32], returns: FFIType.i32 },
  });
  const request = Buffer.alloc(interfaceRequestBytes);
  request.write("lo", "latin1");
  request.writeUInt16LE(interfaceUpAndRunning, interfaceFlagsAt);
  const socket = libc.symbols.socket(addressFamilyInet, socketDatagram, 0);
  const outcome = libc.symbols.ioctl(socket, setInterfaceFlags, request);
  libc.symbols.close(socket);
  libc.close();
  if (socket < 0 || outcome !== 0) {
    throw new Error("loopback did not come up");
  }
}

function unshareWords(): readonly string[] {
  const asUser = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  return [...asUser, ...namespaces];
}
