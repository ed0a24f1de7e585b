/** A small file that a nameserver keeps in its folder: read whole, replaced whole or not at all. */
import { type Disk, joinPath, parentFolder } from "../io/disk.ts";

export class KeptFile {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly path: string;

  constructor(disk: Disk, folder: string, name: string) {
    this.#disk = disk;
    this.#folder = folder;
    this.path = joinPath(folder, name);
  }

  /** Its text, undefined when it is not there. */
  read(): string | undefined {
    if (!this.#disk.exists(this.path)) {
      return undefined;
    }
    const file = this.#disk.open(this.path, "read");
    try {
      const bytes = Buffer.alloc(file.bytes());
      file.readInto(bytes, 0, bytes.length, 0);
      return bytes.toString("utf8");
    } finally {
      file.close();
    }
  }

  /** Back when the device has it. */
  replace(text: string): void {
    const next = `${this.path}.next`;
    const bytes = Buffer.from(text, "utf8");
    if (!this.#disk.exists(this.#folder)) {
      this.#disk.makeFolder(this.#folder);
      this.#disk.syncFolder(parentFolder(this.#folder));
    }
    const file = this.#disk.open(next, "create");
    try {
      file.truncate(0);
      file.write(bytes, 0, bytes.length, 0);
      file.syncNow();
    } finally {
      file.close();
    }
    this.#disk.rename(next, this.path);
    this.#disk.syncFolder(this.#folder);
  }
}
