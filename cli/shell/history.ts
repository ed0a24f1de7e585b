/** Lines typed before, newest first: in a file that only its owner reads. */
import { type Disk, joinPath } from "../../src/io/disk.ts";
import type { ProcessPort } from "../../src/io/process.ts";

const linesMax = 5_000;

export class History {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #path: string;
  #lines: string[] = [];

  constructor(disk: Disk, process: ProcessPort) {
    const state =
      process.environment["XDG_STATE_HOME"] ?? joinPath(process.homeFolder(), ".local", "state");
    this.#disk = disk;
    this.#folder = joinPath(state, "mq");
    this.#path = joinPath(this.#folder, "history");
    this.#load();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Remembers a line, once, unless it begins with a space. */
  add(line: string): void {
    if (line.trim() === "" || line.startsWith(" ")) {
      return;
    }
    this.#lines = [line, ...this.#lines.filter((each) => each !== line)].slice(0, linesMax);
    this.#save();
  }

  #load(): void {
    if (!this.#disk.exists(this.#path)) {
      return;
    }
    const file = this.#disk.open(this.#path, "read");
    const bytes = Buffer.alloc(file.bytes());
    file.readInto(bytes, 0, bytes.length, 0);
    file.close();
    this.#lines = bytes
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .reverse()
      .slice(0, linesMax);
  }

  /** Oldest first on disk; a file that cannot be written costs the history, not the session. */
  #save(): void {
    try {
      this.#disk.makeFolder(this.#folder);
      const bytes = Buffer.from(`${[...this.#lines].reverse().join("\n")}\n`, "utf8");
      const file = this.#disk.open(this.#path, "create");
      file.truncate(0);
      file.write(bytes, 0, bytes.length, 0);
      file.close();
    } catch {
      // The next line tries again.
    }
  }
}
