/**
 * One file of the simulated disk, twice: as the page cache shows it and as the device has it. A sector
 * (512 bytes) written since the last sync is dirty; only `sync`, the system's own write-back or luck at
 * a power cut bring it to the device.
 */
import type { SeededRandom } from "./random.ts";

const sectorBytes = 512;
export const pageBytes = 4_096;

type Pages = Map<number, Buffer>;

interface DirtySector {
  /** The write that touched the sector last. */
  generation: number;
  /** The newest write that the device has of it. */
  durableGeneration: number;
}

/** The dirty sectors when a sync was asked for. */
export interface SyncSnapshot {
  readonly bytes: number;
  readonly sectors: ReadonlyMap<number, { readonly generation: number; readonly content: Buffer }>;
}

/** What becomes of a dirty sector at a power cut. */
export interface CutOdds {
  readonly kept: number;
  readonly torn: number;
}

export class Inode {
  bytes = 0;
  /** The size that the device knows. */
  durableBytes = 0;
  /** Pages that have space on the device, written or reserved. */
  readonly allocated = new Set<number>();
  readonly #cache: Pages = new Map();
  readonly #durable: Pages = new Map();
  readonly #dirty = new Map<number, DirtySector>();
  /** Sectors whose sync failed: marked clean although the device never got them. */
  readonly #lost = new Set<number>();
  #generation = 0;

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  read(target: Buffer, at: number, bytes: number, position: number): number {
    const count = Math.max(0, Math.min(bytes, this.bytes - position));
    copyOut(this.#cache, target, at, count, position);
    return count;
  }

  write(source: Buffer, start: number, end: number, position: number): void {
    if (end === start) {
      return;
    }
    copyIn(this.#cache, source, start, end, position);
    this.#markDirty(position, position + end - start);
    this.bytes = Math.max(this.bytes, position + end - start);
  }

  truncate(bytes: number): void {
    if (bytes < this.bytes) {
      // Existing bytes go; on the device they stay until the next sync.
      for (const [page] of this.#cache) {
        const pageStart = page * pageBytes;
        if (pageStart + pageBytes > bytes) {
          const from = Math.max(bytes, pageStart);
          (this.#cache.get(page) as Buffer).fill(0, from - pageStart);
          this.#markDirty(from, pageStart + pageBytes);
        }
      }
      for (const page of this.allocated) {
        if (page * pageBytes >= bytes) {
          this.allocated.delete(page);
        }
      }
    }
    this.bytes = bytes;
  }

  snapshot(): SyncSnapshot {
    const sectors = new Map<number, { generation: number; content: Buffer }>();
    for (const [sector, { generation }] of this.#dirty) {
      sectors.set(sector, { generation, content: sectorOf(this.#cache, sector) });
    }
    return { bytes: this.bytes, sectors };
  }

  /** The device has what the snapshot holds; what was written since stays dirty. */
  syncDone({ bytes, sectors }: SyncSnapshot): void {
    for (const [sector, { generation, content }] of sectors) {
      const dirty = this.#dirty.get(sector);
      if (dirty !== undefined && dirty.durableGeneration < generation) {
        copyIn(this.#durable, content, 0, sectorBytes, sector * sectorBytes);
        dirty.durableGeneration = generation;
        if (dirty.generation === generation) {
          this.#dirty.delete(sector);
        }
      }
    }
    this.durableBytes = bytes;
  }

  /** The sync failed: the system forgets that these sectors were dirty (Rebello et al., ATC '20). */
  syncFailed({ sectors }: SyncSnapshot): void {
    for (const [sector, { generation }] of sectors) {
      if (this.#dirty.get(sector)?.generation === generation) {
        this.#dirty.delete(sector);
        this.#lost.add(sector);
      }
    }
  }

  /** The system writes some dirty sectors back by itself. */
  writeBack(random: SeededRandom, share: number): void {
    for (const [sector] of this.#dirty) {
      if (random.chance(share)) {
        copySector(this.#cache, this.#durable, sector);
        this.#dirty.delete(sector);
      }
    }
  }

  /** The file as a new process finds it: the page cache lives on, but what a sync lost may be gone. */
  afterKill(random: SeededRandom): Inode {
    const isEvicted = this.#lost.size > 0 && random.chance(0.5);
    const next = this.#copy(this.#cache, this.bytes);
    next.durableBytes = this.durableBytes;
    for (const [sector, dirty] of this.#dirty) {
      next.#dirty.set(sector, { ...dirty });
    }
    for (const sector of this.#lost) {
      if (isEvicted) {
        copySector(this.#durable, next.#cache, sector);
      } else {
        next.#lost.add(sector);
      }
    }
    next.#generation = this.#generation;
    return next;
  }

  /** The file as it is found after the power was cut: each dirty sector kept, lost or torn for itself. */
  afterPowerCut(random: SeededRandom, odds: CutOdds): Inode {
    for (const [sector] of this.#dirty) {
      if (random.chance(odds.kept)) {
        copySector(this.#cache, this.#durable, sector);
      } else if (random.chance(odds.torn)) {
        this.#tear(sector, random);
      }
    }
    const bytes = this.#sizeAfterCut(random);
    const next = this.#copy(this.#durable, bytes);
    next.durableBytes = bytes;
    return next;
  }

  /** Changes bits on the device and in the cache: rot. */
  flip(position: number, mask: number): void {
    for (const pages of [this.#cache, this.#durable]) {
      const page = pages.get(Math.floor(position / pageBytes));
      if (page !== undefined) {
        page[position % pageBytes] = (page[position % pageBytes] as number) ^ mask;
      }
    }
  }

  #sizeAfterCut(random: SeededRandom): number {
    const [low, high] =
      this.bytes < this.durableBytes
        ? [this.bytes, this.durableBytes]
        : [this.durableBytes, this.bytes];
    return random.pick([low, high, low + random.below(high - low + 1)]);
  }

  #tear(sector: number, random: SeededRandom): void {
    const newer = sectorOf(this.#cache, sector);
    const older = sectorOf(this.#durable, sector);
    const border = 1 + random.below(sectorBytes - 1);
    const isNewFirst = random.chance(0.5);
    const mixed = Buffer.concat([
      (isNewFirst ? newer : older).subarray(0, border),
      (isNewFirst ? older : newer).subarray(border),
    ]);
    copyIn(this.#durable, mixed, 0, sectorBytes, sector * sectorBytes);
  }

  #copy(cache: Pages, bytes: number): Inode {
    const next = new Inode();
    next.bytes = bytes;
    for (const [page, content] of this.#durable) {
      next.#durable.set(page, Buffer.from(content));
    }
    for (const [page, content] of cache) {
      next.#cache.set(page, Buffer.from(content));
    }
    for (const page of this.allocated) {
      next.allocated.add(page);
    }
    // What lies behind the end of a file is zero when the file grows again.
    for (const pages of [next.#cache, next.#durable]) {
      for (const [page, content] of pages) {
        if ((page + 1) * pageBytes > bytes) {
          content.fill(0, Math.max(0, bytes - page * pageBytes));
        }
      }
    }
    return next;
  }

  #markDirty(from: number, to: number): void {
    const before = this.#generation++;
    const last = Math.floor((to - 1) / sectorBytes);
    for (let sector = Math.floor(from / sectorBytes); sector <= last; sector++) {
      const dirty = this.#dirty.get(sector);
      if (dirty === undefined) {
        this.#dirty.set(sector, { generation: this.#generation, durableGeneration: before });
      } else {
        dirty.generation = this.#generation;
      }
      this.#lost.delete(sector);
    }
  }
}

function sectorOf(pages: Pages, sector: number): Buffer {
  const content = Buffer.alloc(sectorBytes);
  copyOut(pages, content, 0, sectorBytes, sector * sectorBytes);
  return content;
}

function copySector(from: Pages, to: Pages, sector: number): void {
  copyIn(to, sectorOf(from, sector), 0, sectorBytes, sector * sectorBytes);
}

function copyOut(pages: Pages, target: Buffer, at: number, bytes: number, position: number): void {
  let done = 0;
  while (done < bytes) {
    const page = Math.floor((position + done) / pageBytes);
    const inPage = (position + done) % pageBytes;
    const count = Math.min(pageBytes - inPage, bytes - done);
    const content = pages.get(page);
    if (content === undefined) {
      target.fill(0, at + done, at + done + count);
    } else {
      content.copy(target, at + done, inPage, inPage + count);
    }
    done += count;
  }
}

function copyIn(pages: Pages, source: Buffer, start: number, end: number, position: number): void {
  let at = start;
  while (at < end) {
    const page = Math.floor((position + at - start) / pageBytes);
    const inPage = (position + at - start) % pageBytes;
    const count = Math.min(pageBytes - inPage, end - at);
    let content = pages.get(page);
    if (content === undefined) {
      content = Buffer.alloc(pageBytes);
      pages.set(page, content);
    }
    source.copy(content, inPage, at, at + count);
    at += count;
  }
}
