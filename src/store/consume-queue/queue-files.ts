/**
 * Files of the consume queues: RocketMQ's layout `consumequeue/TOPIC/QUEUE/OFFSET`, sparse and of fixed size.
 * Only some are open at a time: the least recently used is closed first (settled 11). A file that begins before its
 * queue does is filled with holes up to there: RocketMQ takes zeros for the queue's end.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { type Disk, type DiskFile, joinPath, parentFolder } from "../../io/disk.ts";
import { offsetFileName } from "../paths.ts";
import { writeHoles } from "./entry.ts";
import type { QueueLayout } from "./queue-layout.ts";

export class QueueFiles {
  readonly fileBytes: number;
  /** Called when entries cannot be written because the disk is full. */
  onNoSpace: () => void = () => undefined;
  readonly #disk: Disk;
  readonly #layout: QueueLayout;
  readonly #open = new Map<string, DiskFile>();
  readonly #dirty = new Set<string>();
  /** Folders whose names are not known to be on the device: a file in them was written for the first time. */
  readonly #newFolders = new Set<string>();
  readonly #knownFolders = new Set<string>();
  #isClosed = false;

  constructor(disk: Disk, layout: QueueLayout) {
    this.#disk = disk;
    this.#layout = layout;
    this.fileBytes = layout.fileBytes;
  }

  /** Writes source[start, end) at a byte position of the queue, across files where needed. */
  write(
    topic: string,
    queueId: number,
    source: Buffer,
    start: number,
    end: number,
    position: number,
  ): void {
    let at = start;
    while (at < end) {
      const where = position + at - start;
      const inFile = where % this.fileBytes;
      const stop = Math.min(end, at + this.fileBytes - inFile);
      const path = this.#path(topic, queueId, where - inFile);
      this.#forWriting(path, topic, queueId, inFile).write(source, at, stop, inFile);
      this.#dirty.add(path);
      at = stop;
    }
  }

  /** Reads up to `bytes` of one file without waiting; −1 when the device is needed. */
  readCached(
    topic: string,
    queueId: number,
    target: Buffer,
    bytes: number,
    position: number,
  ): number {
    const inFile = position % this.fileBytes;
    const file = this.#forReading(this.#path(topic, queueId, position - inFile));
    return file === undefined
      ? 0
      : file.readCached(target, 0, Math.min(bytes, this.fileBytes - inFile), inFile);
  }

  /** As readCached, from the device. */
  async readLater(
    topic: string,
    queueId: number,
    target: Buffer,
    bytes: number,
    position: number,
  ): Promise<number> {
    const inFile = position % this.fileBytes;
    const path = this.#path(topic, queueId, position - inFile);
    if (!this.#disk.exists(path)) {
      return 0;
    }
    // Its own handle: the shared one may be closed while the device works.
    const file = this.#disk.open(path, "read");
    try {
      return await file.readLater(target, 0, Math.min(bytes, this.fileBytes - inFile), inFile);
    } finally {
      file.close();
    }
  }

  /** As readCached, blocking: for start-up. */
  readNow(topic: string, queueId: number, target: Buffer, bytes: number, position: number): number {
    const inFile = position % this.fileBytes;
    const file = this.#forReading(this.#path(topic, queueId, position - inFile));
    return file?.readInto(target, 0, Math.min(bytes, this.fileBytes - inFile), inFile) ?? 0;
  }

  /**
   * Removes the queue's files that end at or before `to`, beginning with that of `from`, or with those before it that a
   * crash left; byte positions.
   */
  removeBetween(topic: string, queueId: number, from: number, to: number): void {
    let first = from - (from % this.fileBytes);
    if (first + this.fileBytes > to) {
      return;
    }
    while (first > 0 && this.#disk.exists(this.#path(topic, queueId, first - this.fileBytes))) {
      first -= this.fileBytes;
    }
    for (let start = first; start + this.fileBytes <= to; start += this.fileBytes) {
      const path = this.#path(topic, queueId, start);
      this.#open.get(path)?.close();
      this.#open.delete(path);
      this.#dirty.delete(path);
      if (this.#disk.exists(path)) {
        this.#disk.remove(path);
        this.#newFolders.add(parentFolder(path));
      }
    }
  }

  /** Takes the paths written since the last call, and the folders made, to be synced. */
  takeDirty(): { readonly files: readonly string[]; readonly folders: readonly string[] } {
    const files = [...this.#dirty];
    const folders = [...this.#newFolders];
    this.#dirty.clear();
    this.#newFolders.clear();
    return { files, folders };
  }

  /** Takes back what could not be synced: nothing may claim it until it is. */
  putBack(dirty: { readonly files: readonly string[]; readonly folders: readonly string[] }): void {
    for (const path of dirty.files) {
      this.#dirty.add(path);
    }
    for (const path of dirty.folders) {
      this.#newFolders.add(path);
    }
  }

  /** True when there is a file for the byte position of the queue. */
  has(topic: string, queueId: number, position: number): boolean {
    return this.#disk.exists(this.#path(topic, queueId, position - (position % this.fileBytes)));
  }

  /**
   * Syncs one path through a handle of its own; a file that was removed meanwhile needs none. `isAwaited`: somebody
   * waits, and nothing else needs the device, so several may be under way.
   */
  async sync(path: string, isAwaited: boolean): Promise<void> {
    if (!this.#disk.exists(path)) {
      return;
    }
    const file = this.#disk.open(path, "write");
    try {
      await (isAwaited ? file.sync() : file.syncLater());
    } finally {
      file.close();
    }
  }

  syncFolder(path: string): void {
    if (this.#disk.exists(path)) {
      this.#disk.syncFolder(path);
    }
  }

  /** Removes all files of a topic. */
  removeTopic(topic: string): void {
    const home = this.#layout.folderOf(topic);
    const folder = joinPath(home, topic);
    for (const [path, file] of this.#open) {
      if (path.startsWith(`${folder}/`)) {
        file.close();
        this.#open.delete(path);
      }
    }
    for (const path of this.#dirty) {
      if (path.startsWith(`${folder}/`)) {
        this.#dirty.delete(path);
      }
    }
    for (const path of this.#knownFolders) {
      if (path.startsWith(`${folder}/`)) {
        this.#knownFolders.delete(path);
      }
    }
    if (this.#disk.exists(folder)) {
      this.#disk.removeFolder(folder);
      this.#newFolders.add(home);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const file of this.#open.values()) {
      file.close();
    }
    this.#open.clear();
  }

  #path(topic: string, queueId: number, fileOffset: number): string {
    const home = this.#layout.folderOf(topic);
    return joinPath(home, topic, String(queueId), offsetFileName(fileOffset));
  }

  #forReading(path: string): DiskFile | undefined {
    return this.#recent(path) ?? (this.#disk.exists(path) ? this.#remember(path) : undefined);
  }

  #forWriting(path: string, topic: string, queueId: number, inFile: number): DiskFile {
    const recent = this.#recent(path);
    if (recent !== undefined) {
      return recent;
    }
    const folder = joinPath(this.#layout.folderOf(topic), topic, String(queueId));
    if (!this.#disk.exists(path)) {
      this.#make(path, folder, inFile);
      this.#noteFolders(folder, topic);
    } else if (!this.#knownFolders.has(folder)) {
      // A file that an earlier run made and did not live to sync the name of.
      this.#noteFolders(folder, topic);
    }
    return this.#remember(path);
  }

  #make(path: string, folder: string, inFile: number): void {
    this.#disk.makeFolder(folder);
    const file = this.#disk.open(path, "create");
    try {
      file.truncate(this.fileBytes);
      if (inFile > 0) {
        const holes = Buffer.allocUnsafe(inFile);
        writeHoles(holes, 0, inFile);
        file.write(holes, 0, inFile, 0);
      }
    } finally {
      file.close();
    }
  }

  #noteFolders(folder: string, topic: string): void {
    this.#knownFolders.add(folder);
    const home = this.#layout.folderOf(topic);
    for (const each of [folder, joinPath(home, topic), home]) {
      this.#newFolders.add(each);
    }
  }

  #recent(path: string): DiskFile | undefined {
    const file = this.#open.get(path);
    if (file !== undefined && this.#open.size > limits.queueFilesOpenMax / 2) {
      this.#open.delete(path);
      this.#open.set(path, file);
    }
    return file;
  }

  #remember(path: string): DiskFile {
    if (this.#isClosed) {
      throw new MqError("store_unavailable", "the store is closed");
    }
    if (this.#open.size >= limits.queueFilesOpenMax) {
      const [oldest] = this.#open;
      if (oldest !== undefined) {
        oldest[1].close();
        this.#open.delete(oldest[0]);
      }
    }
    const file = this.#disk.open(path, "write");
    this.#open.set(path, file);
    return file;
  }
}
