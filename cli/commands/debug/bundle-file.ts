/**
 * A bundle while it is made. Its parts wait in memory until the last one is there: a value that turns out to be a secret
 * late is masked in what was told early, too. Both a part and the whole have a bound.
 */
import type { Disk } from "../../../src/io/disk.ts";
import { toCommandError } from "../../command-error.ts";
import type { Secrets } from "./secrets.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";

/** A part that is longer keeps its beginning, logs their end. */
const partCharactersMax = 8 << 20;
const bundleCharactersMax = 128 << 20;

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
  readonly lost: LostPart[] = [];
  readonly #texts = new Map<string, { readonly text: string; readonly truncated: boolean }>();
  #characters = 0;

  add(path: string, text: string): void {
    const truncated = text.length > partCharactersMax;
    const kept = truncated ? text.slice(0, partCharactersMax) : text;
    if (this.#characters + kept.length > bundleCharactersMax) {
      this.loseBecause(path, "this command", "the bundle is full");
      return;
    }
    this.#characters += kept.length;
    this.#texts.set(path, { text: kept, truncated });
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
    this.lost.push({ path, from, reason });
  }

  /** Writes the archive; it has its name once it is whole, and leaves nothing behind otherwise. Throws DiskError. */
  write(
    disk: Disk,
    target: string,
    options: {
      readonly secrets: Secrets;
      readonly root: string;
      readonly nowMs: number;
      /** Of the parts before it. */
      readonly manifest: (parts: readonly BundlePart[]) => unknown;
    },
  ): { readonly bytes: number; readonly files: number } {
    const { secrets, root, nowMs } = options;
    const file = disk.open(`${target}.part`, "create");
    let end = 0;
    const write = (bytes: Buffer): void => {
      file.write(bytes, 0, bytes.length, end);
      end += bytes.length;
    };
    const writePart = (path: string, text: string): number => {
      const bytes = Buffer.from(secrets.text(text), "utf8");
      write(tarHeader(`${root}/${path}`, bytes.length, nowMs));
      write(bytes);
      write(tarPadding(bytes.length));
      return bytes.length;
    };
    try {
      file.truncate(0);
      const parts = [...this.#texts].map(([path, { text, truncated }]): BundlePart => {
        const name = secrets.text(path);
        return { path: name, bytes: writePart(name, text), truncated };
      });
      writePart("manifest.json", `${JSON.stringify(options.manifest(parts), undefined, 2)}\n`);
      write(tarEnd);
      file.syncNow();
      file.close();
      disk.rename(`${target}.part`, target);
      return { bytes: end, files: parts.length + 1 };
    } catch (error) {
      file.close();
      disk.remove(`${target}.part`);
      throw error;
    }
  }
}

function mapsAsObjects(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
