/**
 * Finds entries by the bytes of their name, without making a string: names arrive as ranges of a frame, once a
 * message. The last hit is tried first, since a connection speaks of one topic many times in a row.
 */

export interface NamedEntry {
  readonly name: string;
  readonly nameBytes: Buffer;
}

export class NameTable<T extends NamedEntry> {
  readonly #byHash = new Map<number, T[]>();
  #last: T | undefined;

  /** The entry named by source[start, end). */
  find(source: Buffer, start: number, end: number): T | undefined {
    const last = this.#last;
    if (last !== undefined && isSame(last.nameBytes, source, start, end)) {
      return last;
    }
    const entries = this.#byHash.get(hashOf(source, start, end));
    if (entries !== undefined) {
      for (let index = 0; index < entries.length; index++) {
        const entry = entries[index] as T;
        if (isSame(entry.nameBytes, source, start, end)) {
          this.#last = entry;
          return entry;
        }
      }
    }
    return undefined;
  }

  add(entry: T): void {
    const hash = hashOf(entry.nameBytes, 0, entry.nameBytes.length);
    const entries = this.#byHash.get(hash);
    if (entries === undefined) {
      this.#byHash.set(hash, [entry]);
    } else {
      entries.push(entry);
    }
  }

  remove(entry: T): void {
    const hash = hashOf(entry.nameBytes, 0, entry.nameBytes.length);
    const left = (this.#byHash.get(hash) ?? []).filter((other) => other !== entry);
    if (left.length === 0) {
      this.#byHash.delete(hash);
    } else {
      this.#byHash.set(hash, left);
    }
    if (this.#last === entry) {
      this.#last = undefined;
    }
  }
}

function isSame(name: Buffer, source: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) {
    return false;
  }
  for (let index = 0; index < name.length; index++) {
    if (name[index] !== source[start + index]) {
      return false;
    }
  }
  return true;
}

/** FNV-1a over 32 bits. */
function hashOf(source: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ (source[at] as number), 0x01000193);
  }
  return hash;
}
