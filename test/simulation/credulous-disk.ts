/**
 * A planted fault: what a recovery that checks no checksums would see. Records of the commit log that do
 * not match theirs are shown, while the store opens, with checksums that match. Sizes, magic and offsets are
 * left alone. The product has no switch for this, so the disk lies to it.
 */
import { crc32 } from "../../src/core/crc32.ts";
import type { Disk, DiskFile } from "../../src/io/disk.ts";
import type { Environment } from "../../src/io/environment.ts";
import { createRecordShape, hasRecordChecksum, readShape } from "../../src/record/decode.ts";
import { writeChecksum } from "../../src/record/encode.ts";
import { checksumBytes, recordAt } from "../../src/record/layout.ts";

/** The same environment with a disk that hides torn records; `patched` is called for each. */
export function credulous(environment: Environment, patched: () => void): Environment {
  const { disk } = environment;
  const wrapped: Disk = {
    ...disk,
    open: (path, mode) => {
      const file = disk.open(path, mode);
      return path.includes("/commitlog/") ? hideTornRecords(file, patched) : file;
    },
  };
  return { ...environment, disk: wrapped };
}

/** Blocking reads are those of opening; the others pass. */
function hideTornRecords(file: DiskFile, patched: () => void): DiskFile {
  return {
    path: file.path,
    bytes: () => file.bytes(),
    readInto(target, at, bytes, position) {
      const whole = Buffer.alloc(file.bytes());
      file.readInto(whole, 0, whole.length, 0);
      patchRecords(whole, patched);
      return whole.copy(target, at, position, position + bytes);
    },
    readCached: (target, at, bytes, position) => file.readCached(target, at, bytes, position),
    readLater: (target, at, bytes, position) => file.readLater(target, at, bytes, position),
    readAhead: (position, bytes) => file.readAhead(position, bytes),
    nextData: (position) => file.nextData(position),
    write: (source, start, end, position) => file.write(source, start, end, position),
    sync: () => file.sync(),
    syncLater: () => file.syncLater(),
    syncNow: () => file.syncNow(),
    truncate: (bytes) => file.truncate(bytes),
    allocate: (position, bytes) => file.allocate(position, bytes),
    close: () => file.close(),
  };
}

function patchRecords(source: Buffer, patched: () => void): void {
  const shape = createRecordShape();
  let at = 0;
  for (;;) {
    try {
      readShape(source, at, source.length, shape);
    } catch {
      return;
    }
    const bodyCrc = crc32(source, shape.bodyStart, shape.bodyEnd);
    if (source.readUInt32BE(at + recordAt.bodyCrc) !== bodyCrc) {
      source.writeUInt32BE(bodyCrc, at + recordAt.bodyCrc);
      patched();
    }
    if (hasRecordChecksum(source, shape)) {
      writeChecksum(source, at, shape.propertiesEnd - checksumBytes);
    }
    at += shape.bytes;
  }
}
