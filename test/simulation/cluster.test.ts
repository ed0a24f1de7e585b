/**
 * Proofs that the checkers find what they look for, through nameserver, broker and client: a lying disk, a
 * broker that forgets an offset, a nameserver that forgets a topic, a group that forgets who joined.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { MemberTable } from "../../src/broker/group/member-table.ts";
import { OffsetService } from "../../src/broker/offset/offset-service.ts";
import { SendBackService } from "../../src/broker/retry/send-back-service.ts";
import { RouteTable } from "../../src/nameserver/route-table.ts";
import { LogStore } from "../../src/store/log-store.ts";
import { StateLog } from "../../src/store/state/state-log.ts";
import type { ClusterPlan } from "./cluster-plan.ts";
import { type ClusterFaults, runClusterSeed } from "./cluster-run.ts";

setDefaultTimeout(60_000);

const seeds = [1, 2, 3, 4, 5];

const onlyCrashes = {
  flush: "sync",
  nameserverCount: 1,
  brokerCount: 1,
  memberCount: 2,
  postponerCount: 0,
  strugglerCount: 0,
  paceMs: 20,
  loadMs: 5_000,
  troubleEveryMs: 500,
  troubles: ["crash broker"],
  killShare: 0,
} as const satisfies Partial<ClusterPlan>;

/** Runs seeds with a fault: the checkers that found something. */
function huntWith(faults: ClusterFaults): ReadonlySet<string> {
  const found = new Set<string>();
  for (const seed of seeds) {
    const plan = { ...onlyCrashes, ...faults.plan };
    for (const { checker } of runClusterSeed(seed, { ...faults, plan }).violations) {
      found.add(checker);
    }
  }
  return found;
}

/** Replaces a method of a product class while `run` runs. */
function whilePatched<K extends PropertyKey, F>(
  target: { [key in K]: F },
  name: K,
  patch: (original: F) => F,
  run: () => void,
): void {
  const original = target[name];
  target[name] = patch(original);
  try {
    run();
  } finally {
    target[name] = original;
  }
}

test("without a planted fault the same runs find nothing", () => {
  expect(huntWith({})).toEqual(new Set());
});

test("no-loss finds brokers on disks whose sync lies", () => {
  const found = huntWith({
    prepare: (cluster) => {
      for (const { machine } of cluster.brokers) {
        // Honest until the topics are safe: without them nobody could look for messages.
        let honestSyncs = 40;
        Object.defineProperty(machine.plan, "isLying", { get: () => honestSyncs-- <= 0 });
      }
    },
  });
  expect(found).toContain("no-loss");
});

test("offsets finds a broker that forgets one commit in ten", () => {
  let commitCount = 0;
  const forget = (commit: OffsetService["commit"]): OffsetService["commit"] =>
    function (this: OffsetService, ...request) {
      commitCount++;
      return commitCount % 10 === 0 ? true : commit.apply(this, request);
    };
  whilePatched(OffsetService.prototype, "commit", forget, () => {
    expect(huntWith({})).toContain("offsets");
  });
  expect(commitCount).toBeGreaterThan(10);
});

test("routes finds a nameserver that forgets changed topics", () => {
  const forget = (addTopics: RouteTable["addTopics"]): RouteTable["addTopics"] =>
    function (this: RouteTable, brokerName, topics) {
      addTopics.call(
        this,
        brokerName,
        topics.filter(({ topic }) => topic !== "extra-0"),
      );
    };
  whilePatched(RouteTable.prototype, "addTopics", forget, () => {
    expect(huntWith({})).toContain("routes");
  });
});

const onlyPostponed = {
  ...onlyCrashes,
  postponerCount: 2,
  strugglerCount: 1,
  paceMs: 100,
} as const;

test("postponed finds a broker that delivers before the time", () => {
  const hurry = (nowMs: LogStore["nowMs"]): LogStore["nowMs"] =>
    function (this: LogStore) {
      return nowMs.apply(this) + 900;
    };
  whilePatched(LogStore.prototype, "nowMs", hurry, () => {
    expect(huntWith({ plan: onlyPostponed })).toContain("postponed");
  });
});

test("postponed finds a broker that takes more for delivered than was", () => {
  const skip = (put: StateLog["put"]): StateLog["put"] =>
    function (this: StateLog, table, key, value) {
      const isDelay = table === "delay" && typeof value === "number";
      put.call(this, table, key, isDelay ? value + 2 : value);
    };
  whilePatched(StateLog.prototype, "put", skip, () => {
    expect(huntWith({ plan: onlyPostponed })).toContain("postponed");
  });
});

test("postponed finds a broker that answers for a message given back and forgets it", () => {
  let backCount = 0;
  const forget = (sendBack: SendBackService["sendBack"]): SendBackService["sendBack"] =>
    function (this: SendBackService, request) {
      backCount++;
      return backCount % 5 === 0 ? Promise.resolve() : sendBack.call(this, request);
    };
  whilePatched(SendBackService.prototype, "sendBack", forget, () => {
    expect(huntWith({ plan: onlyPostponed })).toContain("postponed");
  });
  expect(backCount).toBeGreaterThan(10);
});

test("members finds a group that forgets who joined", () => {
  const forget = (join: MemberTable["join"]): MemberTable["join"] =>
    function (this: MemberTable, client, ...rest) {
      return client.clientId.startsWith("member-1") ? false : join.call(this, client, ...rest);
    };
  whilePatched(MemberTable.prototype, "join", forget, () => {
    expect(huntWith({})).toContain("members");
  });
});
