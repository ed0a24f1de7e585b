/** Tests of the simulated disk: what a crash may take, and what it may not. */
import { expect, test } from "bun:test";
import type { Disk, DiskFile } from "../../src/io/disk.ts";
import { DiskError } from "../../src/io/disk.ts";
import type { CutOdds } from "./inode.ts";
import { Kernel } from "./kernel.ts";
import { LogCapture } from "./log.ts";
import { Machine } from "./machine.ts";
import { SimulatedNetwork } from "./network.ts";
import { calmWires } from "./pipe.ts";

const allLost: CutOdds = { kept: 0, torn: 0 };
const allKept: CutOdds = { kept: 1, torn: 0 };

interface Bench {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly disk: Disk;
}

function startMachine(seed = 1, diskBytes = 1 << 20): Bench {
  const kernel = new Kernel(seed);
  const machine = new Machine({
    kernel,
    network: new SimulatedNetwork(kernel, calmWires()),
    log: new LogCapture(kernel),
    name: "machine",
    diskBytes,
  });
  machine.plan.writeBackChance = 0;
  return { kernel, machine, disk: machine.boot().disk };
}

function restart({ machine }: Bench, kind: "kill" | "power", odds: CutOdds): Disk {
  machine.crash({ kind, odds });
  return machine.boot().disk;
}

function put(file: DiskFile, text: string, position = 0): void {
  const bytes = Buffer.from(text);
  file.write(bytes, 0, bytes.length, position);
}

function text(disk: Disk, path: string): string {
  const file = disk.open(path, "read");
  const target = Buffer.alloc(file.bytes());
  return target.toString("latin1", 0, file.readInto(target, 0, target.length, 0));
}

/** A synced file in a synced folder. */
function makeDurable(disk: Disk, path: string, content: string): DiskFile {
  const file = disk.open(path, "create");
  put(file, content);
  file.syncNow();
  disk.syncFolder("/");
  return file;
}

test("what was synced survives any power cut; what was not may be lost", () => {
  const bench = startMachine();
  const file = makeDurable(bench.disk, "/a", "durable");
  put(file, "-volatile", 7);
  expect(text(bench.disk, "/a")).toBe("durable-volatile");
  const after = text(restart(bench, "power", allLost), "/a");
  expect(after.startsWith("durable")).toBe(true);
  expect(after).not.toContain("volatile");
});

test("a kill keeps the page cache, and a power cut after it takes what was never synced", () => {
  const bench = startMachine();
  const file = makeDurable(bench.disk, "/a", "durable");
  put(file, "volatile", 0);
  expect(text(restart(bench, "kill", allLost), "/a")).toBe("volatile");
  expect(text(restart(bench, "power", allLost), "/a").slice(0, 7)).toBe("durable");
});

test("a sync covers what was written before it, not what came while it ran", () => {
  const bench = startMachine();
  const file = makeDurable(bench.disk, "/a", "....");
  put(file, "1", 0);
  let isSynced = false;
  void file.sync().then(() => {
    isSynced = true;
  });
  put(file, "2", 1);
  bench.kernel.run(() => isSynced, { virtualMs: 1_000, events: 100 });
  expect(text(restart(bench, "power", allLost), "/a")).toBe("1...");
});

test("unsynced sectors are kept, lost or torn each for itself", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const bench = startMachine(seed);
    const file = makeDurable(bench.disk, "/a", "o".repeat(4 * 512));
    put(file, "n".repeat(4 * 512));
    const after = text(restart(bench, "power", { kept: 0.4, torn: 0.4 }), "/a");
    for (let sector = 0; sector < 4; sector++) {
      const bytes = after.slice(sector * 512, sector * 512 + 512);
      expect(bytes).toMatch(/^(o*n*|n*o*)$/);
      seen.add(bytes.includes("o") ? (bytes.includes("n") ? "torn" : "lost") : "kept");
    }
  }
  expect([...seen].sort()).toEqual(["kept", "lost", "torn"]);
});

test("creating, renaming and removing are durable only after the folder was synced", () => {
  const bench = startMachine();
  makeDurable(bench.disk, "/kept", "kept");
  makeDurable(bench.disk, "/old-name", "renamed");
  const survivors = new Set<string>();
  for (let seed = 0; seed < 30; seed++) {
    const fresh = startMachine(seed);
    makeDurable(fresh.disk, "/kept", "kept");
    makeDurable(fresh.disk, "/old-name", "renamed");
    fresh.disk.open("/new", "create").syncNow();
    fresh.disk.rename("/old-name", "/new-name");
    fresh.disk.remove("/kept");
    const after = restart(fresh, "power", allKept);
    survivors.add(
      after
        .list("/")
        .map(({ name }) => name)
        .join(" "),
    );
  }
  expect([...survivors].sort()).toEqual([
    "kept new new-name",
    "kept new old-name",
    "kept old-name",
    "new new-name",
  ]);
  bench.disk.rename("/old-name", "/new-name");
  bench.disk.syncFolder("/");
  const after = restart(bench, "power", allLost);
  expect(after.list("/").map(({ name }) => name)).toEqual(["kept", "new-name"]);
});

test("a file in a folder whose own name was never synced is lost with it", () => {
  const bench = startMachine();
  bench.disk.makeFolder("/store/log");
  const file = bench.disk.open("/store/log/a", "create");
  file.syncNow();
  bench.disk.syncFolder("/store/log");
  bench.disk.syncFolder("/store");
  // "/" knows nothing of "/store" yet: the draw that keeps no change loses everything.
  const outcomes = new Set<boolean>();
  for (let seed = 0; seed < 20; seed++) {
    const fresh = startMachine(seed);
    fresh.disk.makeFolder("/store");
    outcomes.add(restart(fresh, "power", allKept).exists("/store"));
  }
  expect(outcomes).toEqual(new Set([true, false]));
  bench.disk.syncFolder("/");
  expect(restart(bench, "power", allLost).exists("/store/log/a")).toBe(true);
});

test("a failed sync drops what it should have written and calls it clean", () => {
  const bench = startMachine();
  const file = makeDurable(bench.disk, "/a", "durable");
  put(file, "dropped");
  bench.machine.plan.failingSyncs = 1;
  expect(() => file.syncNow()).toThrow(DiskError);
  file.syncNow();
  expect(text(bench.disk, "/a")).toBe("dropped");
  expect(text(restart(bench, "power", allKept), "/a")).toBe("durable");
});

test("a lying disk says that it synced and loses everything", () => {
  const seen = new Set<boolean>();
  for (let seed = 0; seed < 20; seed++) {
    const fresh = startMachine(seed);
    fresh.machine.plan.isLying = true;
    makeDurable(fresh.disk, "/a", "promised");
    const after = restart(fresh, "power", allLost);
    seen.add(after.exists("/a"));
    if (after.exists("/a")) {
      expect(text(after, "/a")).not.toContain("promised");
    }
  }
  expect(seen).toEqual(new Set([true, false]));
});

test("a full device refuses new space, keeps what was allocated writable, and recovers", () => {
  const bench = startMachine(1, 64 * 1_024);
  const file = bench.disk.open("/a", "create");
  file.allocate(0, 8_192);
  bench.machine.image.takenByOthersBytes = 60 * 1_024;
  put(file, "x".repeat(8_192));
  expect(() => put(file, "y", 8_192)).toThrow(DiskError);
  expect(() => file.allocate(0, 16_384)).toThrow(DiskError);
  expect(bench.disk.space("/").freeBytes).toBe(0);
  bench.machine.image.takenByOthersBytes = 0;
  put(file, "y", 8_192);
  expect(file.bytes()).toBe(8_193);
});

test("truncating gives zeros back, and a crash may find either size", () => {
  const bench = startMachine();
  const file = makeDurable(bench.disk, "/a", "abcdef");
  file.truncate(3);
  file.truncate(6);
  expect(text(bench.disk, "/a")).toBe("abc\0\0\0");
  file.syncNow();
  expect(text(restart(bench, "power", allLost), "/a")).toBe("abc\0\0\0");
});

test("a crash inside a write leaves a part of it, and the dying process changes nothing more", () => {
  const lengths = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const bench = startMachine(seed);
    const file = makeDurable(bench.disk, "/a", "");
    bench.machine.plannedCrash = { kind: "kill", odds: allKept };
    bench.machine.plan.changesUntilCrash = 1;
    put(file, "0123456789");
    put(file, "ghost", 20);
    expect(bench.machine.isUp).toBe(false);
    const after = text(bench.machine.boot().disk, "/a");
    expect("0123456789".startsWith(after)).toBe(true);
    lengths.add(after.length);
  }
  expect(lengths.size).toBeGreaterThan(3);
});

test("reads that are not cached answer −1 and come later", () => {
  const bench = startMachine();
  const file = makeDurable(bench.disk, "/a", "content");
  const target = Buffer.alloc(7);
  expect(file.readCached(target, 0, 7, 0)).toBe(7);
  bench.machine.plan.coldReadChance = 1;
  expect(file.readCached(target, 0, 7, 0)).toBe(-1);
  let bytes = 0;
  void file.readLater(target, 0, 7, 0).then((count) => {
    bytes = count;
  });
  expect(bytes).toBe(0);
  bench.kernel.run(() => bytes > 0, { virtualMs: 1_000, events: 10 });
  expect(target.toString()).toBe("content");
  expect(bench.kernel.elapsedMs).toBeGreaterThan(0);
});

test("a lock is exclusive, and released when its holder dies", () => {
  const bench = startMachine();
  const lock = bench.disk.lock("/lock");
  expect(lock).toBeDefined();
  expect(bench.disk.lock("/lock")).toBeUndefined();
  lock?.release();
  expect(bench.disk.lock("/lock")).toBeDefined();
  expect(restart(bench, "kill", allKept).lock("/lock")).toBeDefined();
});

test("opening what is missing, and using what is closed, is refused", () => {
  const { disk } = startMachine();
  expect(() => disk.open("/missing", "write")).toThrow(DiskError);
  expect(() => disk.open("/missing/a", "create")).toThrow(DiskError);
  const file = disk.open("/a", "create");
  file.close();
  expect(() => file.bytes()).toThrow(DiskError);
});
