/** The archive of a bundle while it is made: each part is masked, bounded and written at once. */
import { type Disk, type DiskFile, parentFolder } from "../../../src/io/disk.ts";
import { toCommandError } from "../../command-error.ts";
import type { Secrets } from "./secrets.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";

/** A part that is longer keeps its beginning, logs their end. */
const partCharactersMax = 8 << 20;

export interface BundlePart {
  readonly path: string;
  readonly bytes: number;
  readonly truncated: boolean;
}

export interface LostPart {
  readonly path: string;
  /** Whom it was asked from. */
  readonly from: string;
  readonly reason: string;
}

export class BundleFile {
  readonly parts: BundlePart[] = [];
  readonly lost: LostPart[] = [];
  readonly #disk: Disk;
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #secrets: Secrets;
  readonly #root: string;
  readonly #nowMs: number;
  #end = 0;

  /** Throws DiskError. What is written goes to `path` only when it is whole. */
  constructor(
    disk: Disk,
    path: string,
    {
      secrets,
      root,
      nowMs,
    }: { readonly secrets: Secrets; readonly root: string; readonly nowMs: number },
  ) {
    this.#disk = disk;
    this.#path = path;
    this.#file = disk.open(`${path}.part`, "create");
    this.#file.truncate(0);
    this.#secrets = secrets;
    this.#root = root;
    this.#nowMs = nowMs;
  }

  get bytes(): number {
    return this.#end;
  }

  add(path: string, text: string): void {
    const isLong = text.length > partCharactersMax;
    const bytes = Buffer.from(
      this.#secrets.text(isLong ? text.slice(0, partCharactersMax) : text),
      "utf8",
    );
    const name = this.#secrets.text(path);
    this.#write(tarHeader(`${this.#root}/${name}`, bytes.length, this.#nowMs));
    this.#write(bytes);
    this.#write(tarPadding(bytes.length));
    this.parts.push({ path: name, bytes: bytes.length, truncated: isLong });
  }

  /** One document a line. */
  addLines(path: string, rows: readonly unknown[]): void {
    this.add(path, rows.map((row) => `${JSON.stringify(row, mapsAsObjects)}\n`).join(""));
  }

  addDocument(path: string, document: unknown): void {
    this.add(path, `${JSON.stringify(document, mapsAsObjects, 2)}\n`);
  }

  /** Runs what makes a part; where it fails the part is noted as lost. */
  async attempt(path: string, from: string, work: () => Promise<void> | void): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.loseBecause(path, from, toCommandError(error).message);
      return false;
    }
  }

  loseBecause(path: string, from: string, reason: string): void {
    this.lost.push({ path, from, reason: this.#secrets.text(reason) });
  }

  /** The archive is whole and has its name when this returns. */
  finish(): void {
    this.#write(tarEnd);
    this.#file.syncNow();
    this.#file.close();
    this.#disk.rename(`${this.#path}.part`, this.#path);
    this.#disk.syncFolder(parentFolder(this.#path));
  }

  /** Leaves nothing behind. */
  abandon(): void {
    this.#file.close();
    this.#disk.remove(`${this.#path}.part`);
  }

  #write(bytes: Buffer): void {
    this.#file.write(bytes, 0, bytes.length, this.#end);
    this.#end += bytes.length;
  }
}

function mapsAsObjects(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
