/**
 * A file system in a file, whose power can be cut: `xfs_io -x -c shutdown` makes the kernel drop what it
 * has not written to the device, on ext4 and xfs alike. Needs root, loop devices and the xfsprogs package.
 *
 * The cut does not stop the process that writes: its next calls fail. An answer that is on its way while
 * the cut runs may be lost, so answers are sampled before (docs/testing.md).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type FileSystemKind = "ext4" | "xfs";

/** Why power cannot be cut here, or undefined when it can. Installs xfsprogs where that is possible. */
export function whyNoPowerCut(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "needs Linux and root";
  }
  if (statSync("/dev/loop-control", { throwIfNoEntry: false }) === undefined) {
    return "the kernel has no loop devices";
  }
  if (!has("xfs_io") && has("apt-get")) {
    const apt = ["-qq", "-y", "--no-install-recommends", "install", "xfsprogs"];
    const options = { stdio: "ignore", timeout: 120_000 } as const;
    if (spawnSync("apt-get", apt, options).status !== 0) {
      spawnSync("apt-get", ["-qq", "update"], options);
      spawnSync("apt-get", apt, options);
    }
  }
  const needed = ["xfs_io", "mkfs.xfs", "mkfs.ext4", "losetup", "unshare", "nsenter"];
  const missing = needed.filter((program) => !has(program));
  return missing.length > 0 ? `missing: ${missing.join(", ")}` : undefined;
}

export class LoopFileSystem {
  readonly kind: FileSystemKind;
  /** Where this process, and those that it starts, find it. */
  readonly folder: string;
  readonly #keeper: Keeper;
  readonly #mountPoint: string;
  readonly #device: string;
  readonly #image: string;
  #isMounted = false;

  private constructor(
    kind: FileSystemKind,
    paths: { readonly mountPoint: string; readonly image: string; readonly device: string },
    keeper: Keeper,
  ) {
    this.kind = kind;
    this.#keeper = keeper;
    this.#mountPoint = paths.mountPoint;
    this.#image = paths.image;
    this.#device = paths.device;
    this.folder = `/proc/${keeper.pid}/root${paths.mountPoint}`;
  }

  /** Makes and mounts an empty file system below `parent`. */
  static async create(
    parent: string,
    kind: FileSystemKind,
    bytes: number,
  ): Promise<LoopFileSystem> {
    const mountPoint = join(parent, kind);
    const image = `${mountPoint}.image`;
    mkdirSync(mountPoint, { recursive: true });
    writeFileSync(image, "");
    truncateSync(image, bytes);
    const keeper = await Keeper.start();
    const device = run("losetup", ["--find", "--show", image]).trim();
    const made = new LoopFileSystem(kind, { mountPoint, image, device }, keeper);
    try {
      run(`mkfs.${kind}`, kind === "ext4" ? ["-q", "-F", device] : ["-q", "-f", device]);
      made.mount();
    } catch (error) {
      await made.destroy();
      throw error;
    }
    return made;
  }

  mount(): void {
    this.#keeper.run("mount", ["-t", this.kind, this.#device, this.#mountPoint]);
    this.#isMounted = true;
  }

  /** Cuts the power. Blocks until the kernel has let go; nothing written later reaches the device. */
  cut(): void {
    this.#keeper.run("xfs_io", ["-x", "-c", "shutdown", this.#mountPoint]);
  }

  /** Possible once no process has a file open there. */
  unmount(): void {
    if (this.#isMounted) {
      this.#keeper.run("umount", [this.#mountPoint]);
      this.#isMounted = false;
    }
  }

  /** Removes device and image, whatever state they are in. */
  async destroy(): Promise<void> {
    await this.#keeper.end();
    spawnSync("losetup", ["--detach", this.#device], { stdio: "ignore" });
    rmSync(this.#image, { force: true });
  }
}

/**
 * Keeps a mount namespace: only there is the file system mounted. A namespace that somebody else makes
 * meanwhile copies the mounts of its parent and would hold ours, dead, beyond its unmounting. The keeper ends
 * with its standard input, so with us, and the kernel then unmounts what is left.
 */
class Keeper {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly pid: number;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    this.pid = pid;
  }

  static async start(): Promise<Keeper> {
    const words = ["--mount", "--propagation", "private", "cat"];
    const child = spawn("unshare", words, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.write("ready\n");
    await new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => resolve());
      child.once("error", reject);
      child.once("exit", () => reject(new Error("unshare --mount failed")));
    });
    return new Keeper(child, child.pid ?? 0);
  }

  run(program: string, args: readonly string[]): void {
    run("nsenter", [`--mount=/proc/${this.pid}/ns/mnt`, program, ...args]);
  }

  /** Resolves when the keeper is gone, and with it every mount. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

function has(program: string): boolean {
  const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
  return Bun.which(program, { PATH: path }) !== null;
}

function run(program: string, args: readonly string[]): string {
  const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
  const child = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, PATH: path },
  });
  if (child.status !== 0) {
    const reason = child.error?.message ?? child.stderr.trim();
    throw new Error(`${program} ${args.join(" ")}: ${reason}`);
  }
  return child.stdout;
}
