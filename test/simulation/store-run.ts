/**
 * One seed on one store without a broker: write, crash, open again, read everything, judge. Crashes come
 * between events and in the middle of a change, also while the store opens.
 */
import { openStore } from "../../src/app/open-store.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { MessageStore } from "../../src/store/message-store.ts";
import { checkNoLoss } from "./checkers/no-loss.ts";
import { checkNoPhantom } from "./checkers/no-phantom.ts";
import { checkOffsets } from "./checkers/offsets.ts";
import { checkOrder } from "./checkers/order.ts";
import { checkRetention } from "./checkers/retention.ts";
import { History, placeKey, type Violation } from "./history.ts";
import { Kernel, type Life } from "./kernel.ts";
import { auditKeys } from "./key-audit.ts";
import { LogCapture } from "./log.ts";
import { Machine } from "./machine.ts";
import { SimulatedNetwork } from "./network.ts";
import { calmWires } from "./pipe.ts";
import { drawCrash, drawStorePlan, type StorePlan } from "./plan.ts";
import type { RunReport } from "./report.ts";
import { drainStore, queryState, startStoreClients } from "./store-client.ts";

/** Ways to plant a fault that a checker must find. */
export interface StoreFaults {
  readonly plan?: Partial<StorePlan>;
  /** What the store keeps of its log, whatever the plan promises. */
  readonly keptBytes?: number;
  readonly prepare?: (machine: Machine) => void;
  readonly wrapEnvironment?: (environment: Environment) => Environment;
  readonly wrapStore?: (store: MessageStore) => MessageStore;
}

const folder = "/data/store";
const mebi = 1 << 20;

/** Small, so that files of the key index are filled and followed by others. */
const keyGeometry = { slots: 64, entries: 256 };

/** Longest time that asynchronous flush may leave something unsynced: its interval and a slow sync on each side. */
const asyncWindowMs = 200 + 2 * 130;

/** Runs the seed and judges what happened. */
export function runStoreSeed(seed: number, faults: StoreFaults = {}): RunReport {
  const run = new StoreRun(seed, faults);
  return run.finish();
}

class StoreRun {
  readonly #seed: number;
  readonly #kernel: Kernel;
  readonly #log: LogCapture;
  readonly #machine: Machine;
  readonly #history: History;
  readonly #plan: StorePlan;
  readonly #faults: StoreFaults;
  readonly #driver: Life = { node: "driver", isAlive: true };
  readonly #counter = { next: 0 };
  readonly #asked = new Map<string, number>();
  readonly #violations: Violation[] = [];
  #isDone = false;
  #crashed: (() => void) | undefined;

  constructor(seed: number, faults: StoreFaults) {
    this.#seed = seed;
    this.#faults = faults;
    this.#kernel = new Kernel(seed);
    this.#log = new LogCapture(this.#kernel);
    this.#history = new History(this.#kernel);
    this.#plan = { ...drawStorePlan(this.#kernel.random.fork()), ...faults.plan };
    this.#machine = new Machine({
      kernel: this.#kernel,
      network: new SimulatedNetwork(this.#kernel, calmWires()),
      log: this.#log,
      name: "broker",
      diskBytes: 64 * mebi,
      onCrash: (kind) => {
        this.#history.crashed(kind);
        this.#crashed?.();
      },
      onDeviceFailure: () => this.#history.deviceFailed(),
    });
    if (!this.#plan.isFolderNew) {
      this.#machine.image.giveFolder(folder);
    }
    faults.prepare?.(this.#machine);
  }

  finish(): RunReport {
    void this.#drive();
    const end = this.#kernel.run(() => this.#isDone, { virtualMs: 7_200_000, events: 3_000_000 });
    for (const { node, error } of this.#kernel.escapes) {
      this.#violations.push({
        checker: "process",
        message: `${node} died: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      });
    }
    if (end !== "held" && end !== "escaped") {
      this.#violations.push({ checker: "liveness", message: `the run did not end: ${end}` });
    }
    if (this.#history.drains.some(({ minOffset }) => minOffset > 0)) {
      this.#kernel.reached("messages gone by retention");
    }
    const { flush, retainedBytes, segmentBytes } = this.#plan;
    this.#violations.push(
      ...checkNoLoss(this.#history, { windowMs: flush === "async" ? asyncWindowMs : 0 }),
      ...checkOrder(this.#history, { isImmutableAcrossCrashes: flush === "sync" }),
      ...checkNoPhantom(this.#history),
      ...checkRetention(this.#history, { retainedBytes, segmentBytes }),
      ...(flush === "sync" ? checkOffsets(this.#history) : []),
    );
    return {
      kind: "store",
      seed: this.#seed,
      plan: this.#plan,
      violations: this.#violations,
      hash: this.#kernel.trace.digest(),
      faults: this.#kernel.faults,
      crashCount: this.#history.crashes.length,
      messageCount: this.#history.sends.size,
      acknowledgedCount: this.#history.okCount,
      eventCount: this.#kernel.eventCount,
      virtualMs: this.#kernel.elapsedMs,
      logLines: this.#log.lines,
    };
  }

  async #drive(): Promise<void> {
    const { random } = this.#kernel;
    for (let epoch = 0; epoch < this.#plan.epochCount; epoch++) {
      await this.#epoch(random.chance(this.#plan.crashInRecoveryShare));
      await this.#wait(random.between(1, 50));
    }
    this.#calm();
    await this.#verify();
    this.#isDone = true;
  }

  /** One incarnation: open, judge what is there, work, crash. */
  async #epoch(isCrashingEarly: boolean): Promise<void> {
    const { random } = this.#kernel;
    const machine = this.#machine;
    this.#misbehave();
    machine.plannedCrash = drawCrash(random, this.#plan.killShare);
    if (isCrashingEarly) {
      machine.plan.changesUntilCrash = 1 + random.below(25);
    }
    const crashed = new Promise<"crashed">((resolve) => {
      this.#crashed = () => this.#kernel.after(this.#driver, 0, () => resolve("crashed"));
    });
    const opened = await Promise.race([this.#open(), crashed]);
    if (opened === "crashed") {
      return;
    }
    if (opened === undefined) {
      this.#crashNow();
      return;
    }
    const { environment, store } = opened;
    const drained = await Promise.race([this.#judge(store), crashed]);
    if (drained === "crashed") {
      return;
    }
    startStoreClients({
      environment,
      store,
      scribe: this.#history.scribe(this.#machine.life),
      random: random.fork(),
      plan: this.#plan,
      counter: this.#counter,
      asked: this.#asked,
    });
    await Promise.race([this.#work(store), crashed]);
  }

  /** Lets the clients run, with trouble in between, until this incarnation ends. */
  async #work(store: MessageStore): Promise<void> {
    const { random } = this.#kernel;
    const machine = this.#machine;
    const { life } = machine;
    const { tempo } = this.#plan;
    await this.#wait(random.between(1, 150) * tempo);
    if (!life.isAlive) {
      return;
    }
    this.#trouble();
    await this.#wait(random.between(1, 250) * tempo);
    if (!life.isAlive) {
      return;
    }
    if (random.chance(this.#plan.cleanStopShare)) {
      await this.#stop(store);
      return;
    }
    if (random.chance(this.#plan.crashInsideShare)) {
      machine.plan.changesUntilCrash = 1 + random.below(30);
      await this.#wait(400 * tempo);
    }
    if (life.isAlive) {
      this.#crashNow();
    }
  }

  /** A clean stop; with a device in trouble it may say so, and the process ends all the same. */
  async #stop(store: MessageStore): Promise<void> {
    const { image, plan } = this.#machine;
    const isInTrouble =
      !store.health().isWritable ||
      image.takenByOthersBytes > 0 ||
      plan.failingSyncs + plan.failingWrites > 0;
    this.#kernel.reached("clean stop");
    try {
      await store.close();
    } catch (error) {
      if (!isInTrouble) {
        throw error;
      }
    }
    this.#history.crashed("kill");
    this.#machine.stopped();
    if (!isInTrouble && this.#kernel.random.chance(this.#plan.rotShare)) {
      this.#rot();
    }
    this.#crashed?.();
  }

  /** Flips one bit while nobody looks: of a record behind the checkpoint of the clean stop, or of the snapshot. */
  #rot(): void {
    const { random } = this.#kernel;
    const { image } = this.#machine;
    const snapshots = image.files().filter(({ path }) => path.startsWith(`${folder}/mq/`));
    const records = this.#history.drains.at(-1)?.sightings ?? [];
    if (random.chance(0.3) && snapshots.length > 0) {
      const { file } = random.pick(snapshots);
      file.flip(random.below(file.bytes), 1 << random.below(8));
      this.#kernel.reached("flipped bit of a snapshot");
    } else if (records.length > 0) {
      const record = random.pick(records);
      const { segmentBytes } = this.#plan;
      const position = record.physicalOffset + random.below(record.bytes);
      const start = position - (position % segmentBytes);
      const path = `${folder}/commitlog/${String(start).padStart(20, "0")}`;
      image.file(path)?.flip(position - start, 1 << random.below(8));
      this.#history.damaged.add(placeKey(record));
      this.#kernel.reached("flipped bit of a record");
    }
  }

  #trouble(): void {
    const { random } = this.#kernel;
    const { plan, image, wall } = this.#machine;
    if (random.chance(this.#plan.failedSyncShare)) {
      plan.failingSyncs = random.pick([1, 1, Number.POSITIVE_INFINITY]);
    }
    if (random.chance(this.#plan.failedWriteShare)) {
      plan.failingWrites = 1;
    }
    if (random.chance(this.#plan.fullDiskShare)) {
      this.#kernel.reached("full disk");
      image.takenByOthersBytes = image.totalBytes;
      this.#kernel.after(this.#driver, random.between(100, 3_000), () => {
        image.takenByOthersBytes = 0;
      });
    }
    if (random.chance(this.#plan.clockJumpShare)) {
      this.#kernel.reached("clock jump");
      wall.offsetMs += random.pick([-86_400_000, -1_000, 1_000, 86_400_000]);
    }
  }

  #misbehave(): void {
    const { plan, image } = this.#machine;
    image.takenByOthersBytes = 0;
    plan.failingSyncs = 0;
    plan.failingWrites = 0;
    plan.coldReadChance = this.#plan.coldReadChance;
    plan.syncDelayMs = this.#plan.syncDelayMs;
    plan.slowSyncChance = this.#plan.slowSyncChance;
    plan.slowSyncMs = 100;
    plan.writeBackChance = this.#plan.writeBackChance;
  }

  #calm(): void {
    this.#misbehave();
    this.#machine.plan.changesUntilCrash = 0;
    this.#crashed = undefined;
  }

  #crashNow(): void {
    if (this.#machine.isUp) {
      this.#history.crashed(this.#machine.plannedCrash.kind);
      this.#machine.crash(this.#machine.plannedCrash);
      this.#crashed?.();
    }
  }

  async #verify(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      const opened = await this.#open();
      if (opened === undefined) {
        this.#violations.push({ checker: "recovery", message: "the store did not open" });
        return;
      }
      await this.#judge(opened.store);
      await opened.store.close();
      this.#machine.stopped();
    }
  }

  async #judge(store: MessageStore): Promise<void> {
    const scribe = this.#history.scribe(this.#machine.life);
    const drainCount = this.#history.drains.length;
    await drainStore(store, scribe, this.#plan);
    const drains = this.#history.drains.slice(drainCount);
    this.#violations.push(...(await auditKeys(store, drains, this.#history.damaged)));
    for (const key of this.#asked.keys()) {
      queryState(store, scribe, key);
    }
  }

  async #open(): Promise<{ environment: Environment; store: MessageStore } | undefined> {
    const booted = this.#machine.boot();
    const { life } = this.#machine;
    const environment = this.#faults.wrapEnvironment?.(booted) ?? booted;
    try {
      const store = await openStore(environment, {
        folder,
        flush: this.#plan.flush,
        storeHost: { host: "127.0.0.1", port: 10_911 },
        segmentBytes: this.#plan.segmentBytes,
        keyGeometry,
        retention: { logBytesMax: this.#faults.keptBytes ?? this.#plan.retainedBytes },
      });
      return { environment, store: this.#faults.wrapStore?.(store) ?? store };
    } catch (error) {
      if (life.isAlive) {
        this.#violations.push({ checker: "recovery", message: String(error) });
      }
      return undefined;
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#kernel.after(this.#driver, delayMs, resolve);
    });
  }
}
