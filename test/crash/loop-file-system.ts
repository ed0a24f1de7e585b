/**
 * A file system in a file, whose power can be cut: `xfs_io -x -c shutdown` makes the kernel drop what it
 * has not written to the device, on ext4 and xfs alike. Needs root, loop devices and the xfsprogs package.
 *
 * The cut does not stop the process that writes: its next calls fail. An answer that is on its way while
 * the cut runs may be lost, so answers are sampled before (docs/testing.md).
 */
import { spawnSync } from "node:child_process";
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
  const missing = ["xfs_io", "mkfs.xfs", "mkfs.ext4", "losetup"].filter((program) => !has(program));
  return missing.length > 0 ? `missing: ${missing.join(", ")}` : undefined;
}

export class LoopFileSystem {
  readonly kind: FileSystemKind;
  /** Where it is mounted. */
  readonly folder: string;
  readonly #device: string;
  readonly #image: string;
  #isMounted = false;

  private constructor(kind: FileSystemKind, folder: string, image: string, device: string) {
    this.kind = kind;
    this.folder = folder;
    this.#image = image;
    this.#device = device;
  }

  /** Makes and mounts an empty file system below `parent`. */
  static create(parent: string, kind: FileSystemKind, bytes: number): LoopFileSystem {
    const folder = join(parent, kind);
    const image = `${folder}.image`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(image, "");
    truncateSync(image, bytes);
    const device = run("losetup", ["--find", "--show", image]).trim();
    const made = new LoopFileSystem(kind, folder, image, device);
    try {
      run(`mkfs.${kind}`, kind === "ext4" ? ["-q", "-F", device] : ["-q", "-f", device]);
      made.mount();
    } catch (error) {
      made.destroy();
      throw error;
    }
    return made;
  }

  mount(): void {
    run("mount", ["-t", this.kind, this.#device, this.folder]);
    this.#isMounted = true;
  }

  /** Cuts the power. Blocks until the kernel has let go; nothing written later reaches the device. */
  cut(): void {
    run("xfs_io", ["-x", "-c", "shutdown", this.folder]);
  }

  /** Possible once no process has a file open there. */
  unmount(): void {
    if (!this.#isMounted) {
      return;
    }
    run("umount", [this.folder]);
    this.#isMounted = false;
  }

  /** Removes device and image, whatever state they are in. */
  destroy(): void {
    if (this.#isMounted) {
      spawnSync("umount", ["--lazy", this.folder], { stdio: "ignore" });
    }
    spawnSync("losetup", ["--detach", this.#device], { stdio: "ignore" });
    rmSync(this.#image, { force: true });
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
