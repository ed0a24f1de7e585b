/**
 * The files of the commit log. Each has the same size and is named after the offset of its first byte; the
 * last one is sparse, with space reserved ahead of the log's tail, so that a full disk is met before an
 * offset is assigned (settled 1, 7). Segments are never recycled: stale bytes behind the tail could come to life.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { type Disk, DiskError, type DiskFile, joinPath } from "../../io/disk.ts";
import { offsetFileName, parseOffsetFileName } from "../paths.ts";

export class Segment {
  readonly path: string;
  readonly startOffset: number;
  readonly bytes: number;
  /** Bytes of the file that can be written without asking for space. */
  allocatedBytes = 0;
  /** Bytes of the file up to which records or zeros were written. */
  writtenBytes = 0;
  /** Written since the last sync. */
  isDirty = false;
  readonly #disk: Disk;
  readonly #mode: "read" | "write";
  #file: DiskFile | undefined;
  #isClosed = false;

  constructor(
    disk: Disk,
    path: string,
    startOffset: number,
    bytes: number,
    mode: "read" | "write" = "write",
  ) {
    this.#disk = disk;
    this.#mode = mode;
    this.path = path;
    this.startOffset = startOffset;
    this.bytes = bytes;
  }

  get endOffset(): number {
    return this.startOffset + this.bytes;
  }

  /** The open file. Throws MqError `store_unavailable` once the store was closed: nobody would close it again. */
  file(): DiskFile {
    if (this.#isClosed) {
      throw new MqError("store_unavailable", "the store is closed");
    }
    this.#file ??= this.#disk.open(this.path, this.#mode);
    return this.#file;
  }

  /** Reserves space up to `bytes` of the file, a step ahead where there is room; false when the disk is full. */
  allocate(bytes: number): boolean {
    return (
      bytes <= this.allocatedBytes ||
      this.#allocateTo(Math.min(this.bytes, bytes + limits.allocateAheadBytes)) ||
      // What an earlier run reserved costs nothing, however full the disk is by now.
      this.#allocateTo(bytes)
    );
  }

  #allocateTo(bytes: number): boolean {
    const step = bytes - this.allocatedBytes;
    try {
      this.file().allocate(this.allocatedBytes, step);
    } catch (error) {
      if (error instanceof DiskError && error.kind === "no_space") {
        return false;
      }
      throw error;
    }
    this.allocatedBytes += step;
    return true;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#isClosed = true;
  }
}

export class SegmentList {
  readonly segmentBytes: number;
  readonly #disk: Disk;
  readonly #folder: string;
  #segments: Segment[];

  private constructor(disk: Disk, folder: string, segmentBytes: number, segments: Segment[]) {
    this.#disk = disk;
    this.#folder = folder;
    this.segmentBytes = segmentBytes;
    this.#segments = segments;
  }

  /** Opens what is there. The size of the files belongs to the store: read from its first file (settled 5). */
  static open(
    disk: Disk,
    folder: string,
    segmentBytesDefault: number,
    mode: "read" | "write" = "write",
  ): SegmentList {
    const found = disk
      .list(folder)
      .map((entry) => ({ ...entry, startOffset: parseOffsetFileName(entry.name) }))
      .filter((entry) => entry.startOffset !== undefined && !entry.isFolder && entry.bytes > 0);
    const segmentBytes = found[0]?.bytes ?? segmentBytesDefault;
    const segments = found.map(
      (entry) =>
        new Segment(disk, joinPath(folder, entry.name), entry.startOffset ?? 0, segmentBytes, mode),
    );
    return new SegmentList(disk, folder, segmentBytes, segments);
  }

  /** A list of files that lie anywhere, to be read. */
  static of(disk: Disk, segments: readonly Segment[]): SegmentList {
    return new SegmentList(disk, "", segments[0]?.bytes ?? 0, [...segments]);
  }

  get facts(): { readonly segmentCount: number; readonly segmentBytes: number } {
    return { segmentCount: this.count, segmentBytes: this.segmentBytes };
  }

  get count(): number {
    return this.#segments.length;
  }

  get first(): Segment | undefined {
    return this.#segments[0];
  }

  get last(): Segment | undefined {
    return this.#segments[this.#segments.length - 1];
  }

  all(): readonly Segment[] {
    return this.#segments;
  }

  /** A list of one of these segments alone, over the same file: a walk then ends with it. */
  only(segment: Segment): SegmentList {
    return new SegmentList(this.#disk, this.#folder, this.segmentBytes, [segment]);
  }

  /** The segment that holds the offset. */
  find(offset: number): Segment | undefined {
    const first = this.#segments[0];
    if (first === undefined || offset < first.startOffset) {
      return undefined;
    }
    const segment = this.#segments[Math.floor((offset - first.startOffset) / this.segmentBytes)];
    return segment?.startOffset === offset - ((offset - first.startOffset) % this.segmentBytes)
      ? segment
      : this.#segments.find((each) => offset >= each.startOffset && offset < each.endOffset);
  }

  /** Makes the segment that starts at the offset, with its first bytes reserved; `add` puts it to use. Throws DiskError. */
  create(startOffset: number): Segment {
    const path = joinPath(this.#folder, offsetFileName(startOffset));
    const segment = new Segment(this.#disk, path, startOffset, this.segmentBytes);
    const file = this.#disk.open(path, "create");
    try {
      file.truncate(this.segmentBytes);
      if (!segment.allocate(Math.min(this.segmentBytes, limits.allocateAheadBytes))) {
        throw new DiskError("no_space", path, "no space for a new segment");
      }
      file.syncNow();
      this.#disk.syncFolder(this.#folder);
    } catch (error) {
      segment.close();
      this.#disk.remove(path);
      throw error;
    } finally {
      file.close();
    }
    return segment;
  }

  /** Takes a segment that was made into the list: records follow in it. */
  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Takes the last segment out of the list; its file is the caller's to move or remove. */
  dropLast(): Segment | undefined {
    const segment = this.#segments.pop();
    segment?.close();
    return segment;
  }

  /** Takes the first segment out of the list; its file is the caller's to remove. Reads under way end as they would. */
  dropFirst(): void {
    const [first, ...rest] = this.#segments;
    // Another array: who walks over the old one, waiting in between, misses none.
    this.#segments = rest;
    first?.close();
  }

  close(): void {
    for (const segment of this.#segments) {
      segment.close();
    }
  }
}
