/** Tests of virtual time: order, turns, lives. */
import { expect, test } from "bun:test";
import { createSimulatedClock } from "./clock.ts";
import { Kernel, type Life } from "./kernel.ts";
import { SeededRandom } from "./random.ts";

const bounds = { virtualMs: 10_000, events: 10_000 };

function life(node = "node"): Life {
  return { node, isAlive: true };
}

test("events run by time, then in the order in which they were asked for", () => {
  const kernel = new Kernel(1);
  const owner = life();
  const seen: string[] = [];
  kernel.after(owner, 5, () => seen.push("c"));
  kernel.after(owner, 1, () => seen.push("a"));
  kernel.after(owner, 1, () => seen.push("b"));
  expect(kernel.run(() => seen.length === 3, bounds)).toBe("held");
  expect(seen).toEqual(["a", "b", "c"]);
  expect(kernel.elapsedMs).toBe(5);
});

test("thousands of events in random order come out sorted", () => {
  const kernel = new Kernel(2);
  const owner = life();
  const times: number[] = [];
  for (let index = 0; index < 5_000; index++) {
    kernel.after(owner, kernel.random.between(0, 100), () => times.push(kernel.elapsedMs));
  }
  expect(kernel.run(() => false, { virtualMs: 1_000, events: 10_000 })).toBe("idle");
  expect(times).toHaveLength(5_000);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("promises settle before the next event", () => {
  const kernel = new Kernel(1);
  const owner = life();
  const seen: string[] = [];
  kernel.after(owner, 1, () => {
    void (async () => {
      for (let step = 0; step < 20; step++) {
        await null;
      }
      seen.push("settled");
    })();
  });
  kernel.after(owner, 2, () => seen.push("next"));
  kernel.run(() => seen.length === 2, bounds);
  expect(seen).toEqual(["settled", "next"]);
});

test("the end of a turn comes after all that is ready now, and before time moves", () => {
  // The coin that ends turns early is drawn from the seed: look at many.
  let together = 0;
  for (let seed = 0; seed < 50; seed++) {
    const kernel = new Kernel(seed);
    const owner = life();
    const clock = createSimulatedClock(kernel, owner, { offsetMs: 0 });
    const seen: string[] = [];
    const handle = (name: string) => () => {
      seen.push(name);
      clock.endOfTurn(() => seen.push(`end ${name} ${clock.elapsedMs()}`));
    };
    clock.after(1, handle("a"));
    clock.after(1, handle("b"));
    clock.after(2, () => seen.push("later"));
    kernel.run(() => seen.includes("later"), bounds);
    expect(seen.indexOf("later")).toBe(4);
    expect(seen.filter((each) => each.startsWith("end"))).toEqual(["end a 1", "end b 1"]);
    together += seen[1] === "b" ? 1 : 0;
  }
  expect(together).toBeGreaterThan(10);
  expect(together).toBeLessThan(50);
});

test("what asks for the end of the turn while it runs belongs to the same end", () => {
  const kernel = new Kernel(1);
  const owner = life();
  const clock = createSimulatedClock(kernel, owner, { offsetMs: 0 });
  const seen: number[] = [];
  clock.after(1, () => clock.endOfTurn(() => clock.endOfTurn(() => seen.push(clock.elapsedMs()))));
  clock.after(2, () => seen.push(2));
  kernel.run(() => seen.length === 2, bounds);
  expect(seen).toEqual([1, 2]);
});

test("an ended life is inert: events, ends of turns and timers never run", () => {
  const kernel = new Kernel(1);
  const dying = life("dying");
  const other = life("other");
  const seen: string[] = [];
  kernel.after(dying, 1, () => {
    kernel.endOfTurn(dying, () => seen.push("end of turn"));
    dying.isAlive = false;
  });
  kernel.after(dying, 2, () => seen.push("event"));
  kernel.after(other, 3, () => seen.push("other"));
  kernel.run(() => seen.includes("other"), bounds);
  expect(seen).toEqual(["other"]);
});

test("a cancelled timer does not run", () => {
  const kernel = new Kernel(1);
  const clock = createSimulatedClock(kernel, life(), { offsetMs: 0 });
  const seen: string[] = [];
  clock.after(1, () => seen.push("cancelled")).cancel();
  clock.after(2, () => seen.push("kept"));
  kernel.run(() => seen.includes("kept"), bounds);
  expect(seen).toEqual(["kept"]);
});

test("an error that nobody catches ends the run with the node's name", () => {
  const kernel = new Kernel(1);
  kernel.after(life("broker"), 1, () => {
    throw new Error("broken");
  });
  expect(kernel.run(() => false, bounds)).toBe("escaped");
  expect(kernel.escapes.map(({ node, error }) => [node, String(error)])).toEqual([
    ["broker", "Error: broken"],
  ]);
});

test("a run ends when time or events are used up", () => {
  const kernel = new Kernel(1);
  const owner = life();
  const again = (): void => {
    kernel.after(owner, 1, again);
  };
  again();
  expect(kernel.run(() => false, { virtualMs: 50, events: 1_000 })).toBe("time_is_up");
  expect(kernel.run(() => false, { virtualMs: 5_000, events: 100 })).toBe("too_many_events");
});

test("the wall clock may be off and jump; the monotonic one goes on", () => {
  const kernel = new Kernel(1);
  const wall = { offsetMs: 0 };
  const clock = createSimulatedClock(kernel, life(), wall);
  const before = clock.nowMs();
  wall.offsetMs = -86_400_000;
  expect(clock.nowMs()).toBe(before - 86_400_000);
  expect(clock.elapsedMs()).toBe(0);
});

test("one seed gives one sequence, another seed another, and forks are independent", () => {
  const draw = (random: SeededRandom) => Array.from({ length: 20 }, () => random.below(1_000));
  expect(draw(new SeededRandom(7))).toEqual(draw(new SeededRandom(7)));
  expect(draw(new SeededRandom(7))).not.toEqual(draw(new SeededRandom(8)));
  expect(draw(new SeededRandom(7).fork())).not.toEqual(draw(new SeededRandom(7)));
  expect(new SeededRandom(7).hex(5)).toMatch(/^[0-9a-f]{10}$/);
});

test("chance is uniform enough to be chance", () => {
  const random = new SeededRandom(3);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 100_000; draw++) {
    counts[random.below(10)] = (counts[random.below(10)] ?? 0) + 1;
  }
  for (const count of counts) {
    expect(count).toBeGreaterThan(9_000);
    expect(count).toBeLessThan(11_000);
  }
});
