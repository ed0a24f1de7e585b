/** Whether nameservers and brokers answer from here, what time they have, and how they say they are. */
import { type Client, ClientError, timeoutMsDefault } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { CommandContext } from "../../command.ts";
import { toCommandError } from "../../command-error.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { isUnknownRequest } from "../../rocketmq-only.ts";
import { allBrokers, type BrokerProcess } from "../cluster/all-brokers.ts";
import { type BrokerFacts, brokerFacts } from "../cluster/broker-facts.ts";
import {
  distinct,
  masterFindings,
  type NameserverView,
  nameOf,
  registration,
  versionFindings,
} from "../cluster/health-checks.ts";
import { explainUnreachable, kindOfHost, split } from "./advertised-address.ts";
import { type ClockDrift, certainDriftMs, clockDrift } from "./broker-clock.ts";
import { type Diagnosis, type Explanation, unwell, well } from "./diagnosis.ts";
import { type DiskBounds, diskDiagnosis } from "./disk-share.ts";

export interface ServerBounds extends DiskBounds {
  readonly clockWarnMs: number;
}

/** RocketMQ's second listener, for clients with vipChannelEnabled, lies so far below the first. */
const vipDistance = 2;
const dispatchBehindWarnBytes = 64 << 20;
const waitWarnMs = 200;
const pageCacheWarnMs = 1_000;

export interface ServerLook {
  readonly found: readonly Diagnosis[];
  /** Whether any broker can be asked more. */
  readonly hasBroker: boolean;
}

/** Asks every nameserver, then everybody whom they name. Never throws for who does not answer. */
export async function lookAtServers(
  context: CommandContext,
  bounds: ServerBounds,
): Promise<ServerLook> {
  const client = context.client();
  const nameservers = await inParallel(client.admin.cluster.nameservers, (nameserver) =>
    lookAtNameserver(context, nameserver),
  );
  const views = nameservers.map(({ view }) => view);
  const processes = distinct(views.flatMap(({ cluster }) => (cluster ? allBrokers(cluster) : [])));
  const brokers = await inParallel(processes, (broker) =>
    lookAtBroker(context, broker, views, bounds),
  );
  const facts = brokers.flatMap((each) => each.facts ?? []);
  const shared =
    processes.length === 0
      ? []
      : [
          ...processes.map((each) => registration(each, views)),
          ...versionFindings(facts),
          ...(await masterFindings(client, processes)),
        ].map(({ status, check, subject, detail }): Diagnosis => {
          const advice = status === "ok" ? undefined : sharedAdvice.get(check);
          const { cause = null, fix = null } = advice ?? {};
          return { status, check, subject, detail, cause, fix };
        });
  return {
    found: [
      ...nameservers.map(({ diagnosis }) => diagnosis),
      ...shared,
      ...brokers.flatMap(({ found }) => found),
    ],
    hasBroker: brokers.some(({ answers }) => answers),
  };
}

const sharedAdvice = new Map<string, Explanation>([
  [
    "registered",
    {
      cause: "nameservers do not talk to each other; the broker does not register there",
      fix: "name all nameservers in the broker's namesrvAddr (mq: --nameserver); clients of one that lacks it do not find it",
    },
  ],
  [
    "version",
    {
      cause: "the brokers are of different releases",
      fix: "fine during an upgrade; finish it, as clients use what the oldest knows",
    },
  ],
  [
    "master",
    {
      cause: "no process with brokerId 0 of this name is registered",
      fix: "start the master again; its replicas only serve reads until then",
    },
  ],
]);

async function lookAtNameserver(
  { environment, client }: CommandContext,
  nameserver: string,
): Promise<{ readonly view: NameserverView; readonly diagnosis: Diagnosis }> {
  const { cluster: admin } = client().admin;
  const startMs = environment.clock.elapsedMs();
  try {
    const version = await admin.nameserverVersion(nameserver);
    const tookMs = environment.clock.elapsedMs() - startMs;
    const cluster = await admin.describeAt(nameserver);
    const { length } = allBrokers(cluster);
    const detail = `answered in ${tookMs.toFixed(0)} ms (${version}), knows ${length} brokers`;
    const diagnosis =
      length > 0
        ? well("nameserver", nameserver, detail)
        : unwell("fail", "nameserver", {
            subject: nameserver,
            detail,
            cause: "no broker is registered there",
            fix: `start one with --nameserver ${nameserver} (RocketMQ: namesrvAddr=${nameserver}), or look whether this is the right nameserver`,
          });
    return { view: { nameserver, cluster }, diagnosis };
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    const detail = toCommandError(error).message;
    const diagnosis = unwell("fail", "nameserver", {
      subject: nameserver,
      detail,
      ...nameserverAdvice(error, nameserver),
    });
    return { view: { nameserver, cluster: undefined }, diagnosis };
  }
}

function nameserverAdvice(error: ClientError, nameserver: string): Explanation {
  const { kind } = error;
  const [host, port] = split(nameserver);
  if (isUnknownRequest(error)) {
    return {
      cause: "who answers there is no nameserver, but a broker or a proxy",
      fix: "name the nameserver, on port 9876 by default: -n HOST:9876",
    };
  }
  if (kind === "timed_out" || kind === "bad_reply") {
    return {
      cause: "something listens there that does not speak RocketMQ's protocol, or it is stuck",
      fix: `look what listens on port ${port} of ${host}; TLS or HTTP does not answer this`,
    };
  }
  return {
    cause: `nothing listens on port ${port} of ${host}, or a firewall lets nothing through`,
    fix: "start it (mq nameserver start), or say where it is: -n HOST:PORT, MQ_NAMESERVER, mq profile edit NAME --at HOST:PORT",
  };
}

interface BrokerLook {
  readonly found: readonly Diagnosis[];
  /** Also when it refuses to tell. */
  readonly answers: boolean;
  readonly facts: BrokerFacts | undefined;
}

async function lookAtBroker(
  context: CommandContext,
  broker: BrokerProcess,
  views: readonly NameserverView[],
  bounds: ServerBounds,
): Promise<BrokerLook> {
  const { environment, profile } = context;
  const client = context.client();
  const subject = nameOf(broker);
  const rewrittenTo = profile.profile.rewrite?.[broker.address];
  const nameservers = views
    .filter(({ cluster }) => cluster?.brokers.some((each) => isOne(each, broker)))
    .map(({ nameserver }) => nameserver);
  try {
    // Connected first: the time of the answer is then that of one round trip.
    await client.admin.cluster.runtimeInfo(broker.address);
    const askedMs = environment.clock.nowMs();
    const info = await client.admin.cluster.runtimeInfo(broker.address);
    const drift = clockDrift(info, { askedMs, answeredMs: environment.clock.nowMs() });
    const facts = brokerFacts(info);
    return {
      facts,
      answers: true,
      found: [
        reached(subject, broker, facts, { nameservers, rewrittenTo }),
        clockDiagnosis(subject, drift, bounds.clockWarnMs),
        brokerDisk(subject, facts.diskUsed, bounds),
        ...loadDiagnoses(subject, info),
        await lookAtVip(context, client, { broker, reachedAt: rewrittenTo ?? broker.address }),
      ],
    };
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    if (error.kind === "refused") {
      const refused = unwell("warn", "broker", {
        subject,
        detail: `answers, and not to operators (${error.message})`,
        cause: "it listens beyond its own machine, or access control keeps this client out",
        fix: "run this on the broker's machine; mq answers operators elsewhere with --admin-on-data-port",
      });
      return { facts: undefined, answers: true, found: [refused] };
    }
    const { brokerName, address } = broker;
    const where = { brokerName, address, nameservers, profile: profile.name, rewrittenTo };
    const failed = unwell("fail", "broker", {
      subject,
      detail: `advertises ${address}, which cannot be reached from here (${error.message})`,
      ...(await explainUnreachable(client, where)),
    });
    return { facts: undefined, answers: false, found: [failed] };
  }
}

function isOne(
  {
    addresses,
    brokerName,
  }: { readonly addresses: ReadonlyMap<number, string>; readonly brokerName: string },
  broker: BrokerProcess,
): boolean {
  return brokerName === broker.brokerName && addresses.get(broker.brokerId) === broker.address;
}

/** A broker that answers may still advertise what leads other machines astray. */
function reached(
  subject: string,
  { address, brokerName }: BrokerProcess,
  facts: BrokerFacts,
  {
    nameservers,
    rewrittenTo,
  }: { readonly nameservers: readonly string[]; readonly rewrittenTo: string | undefined },
): Diagnosis {
  if (!facts.isActive) {
    return unwell("fail", "broker", {
      subject,
      detail: "answers, but takes no sends",
      cause: "it starts or stops, its disk is full, or its store failed",
      fix: "see its log; mq check disk, mq doctor --store FOLDER on its machine",
    });
  }
  const [host] = split(address);
  const far = nameservers.find((each) => kindOfHost(split(each)[0]).is !== "loopback");
  if (kindOfHost(host).is === "loopback" && far !== undefined && rewrittenTo === undefined) {
    return unwell("warn", "broker", {
      subject,
      detail: `answers, but ${far} sends every client to ${host}`,
      cause: "a loopback address leads each machine to itself, perhaps to another broker",
      fix: `on the server of ${brokerName} brokerIP1=<host address> (mq: --advertise HOST:PORT)`,
    });
  }
  const over = rewrittenTo === undefined ? "" : ` at ${rewrittenTo}, as the profile says`;
  return well("broker", subject, `answers${over} and takes sends, ${facts.version}`);
}

function clockDiagnosis(subject: string, drift: ClockDrift | undefined, warnMs: number): Diagnosis {
  if (drift === undefined) {
    return unwell("warn", "clock", {
      subject,
      detail: "the broker does not tell its time",
      cause: "bootTimestamp or runtime is missing in what it says of itself",
      fix: "compare the clocks by hand",
    });
  }
  const offMs = certainDriftMs(drift);
  if (Math.abs(offMs) < warnMs) {
    return well("clock", subject, "agrees with this host within a second or so");
  }
  const seconds = (Math.abs(offMs) / 1_000).toFixed(1);
  return unwell("warn", "clock", {
    subject,
    detail: `${seconds} s ${offMs > 0 ? "ahead of" : "behind"} this host`,
    cause: "a clock runs free, here or there",
    fix: "let both follow NTP (chronyc tracking, timedatectl); until then delays, retention and offsets by time are off by as much",
  });
}

function brokerDisk(subject: string, used: number | undefined, bounds: DiskBounds): Diagnosis {
  return used === undefined
    ? unwell("warn", "disk", {
        subject,
        detail: "the broker does not tell",
        cause: "commitLogDiskRatio is missing in what it says of itself",
        fix: "look at its disk with df",
      })
    : diskDiagnosis(bounds, {
        subject,
        used,
        fix: "give it room, or keep less: fileReservedTime=HOURS; old segments go by force above 85 %, sends are refused above 90 %",
      });
}

/** What a broker says when it cannot keep up: RocketMQ's figures; mq tells them as the nothing that they are there. */
function loadDiagnoses(subject: string, info: ReadonlyMap<string, string>): readonly Diagnosis[] {
  const figure = (name: string): number => Number(info.get(name) ?? 0);
  const behind = figure("dispatchBehindBytes");
  const waitMs = figure("sendThreadPoolQueueHeadWaitTimeMills");
  const lockedMs = figure("pageCacheLockTimeMills");
  const found: Diagnosis[] = [];
  if (behind > dispatchBehindWarnBytes) {
    found.push(
      unwell("warn", "load", {
        subject,
        detail: `queues are ${formatBytes(behind)} behind the log`,
        cause: "its disk is too slow, or it starts and builds its queues",
        fix: "consumers see messages later until it has caught up; mq bench disk on its machine",
      }),
    );
  }
  if (waitMs > waitWarnMs) {
    found.push(
      unwell("warn", "load", {
        subject,
        detail: `the oldest send waits ${formatCount(waitMs)} ms for its turn`,
        cause: "more is sent than it can store",
        fix: "add brokers or spread the load; producers get SYSTEM_BUSY above waitTimeMillsInSendQueue",
      }),
    );
  }
  if (lockedMs > pageCacheWarnMs) {
    found.push(
      unwell("warn", "load", {
        subject,
        detail: `a write has held the log for ${formatCount(lockedMs)} ms`,
        cause: "the page cache is busy: too little memory, or a slow disk",
        fix: "look at iostat and at vm.dirty_ratio on its machine",
      }),
    );
  }
  return found.length > 0 ? found : [well("load", subject, "nothing waits")];
}

/** Not offered is fine; offered behind a firewall makes old clients wait for it. */
async function lookAtVip(
  { environment, global }: CommandContext,
  { admin }: Client,
  { broker, reachedAt }: { readonly broker: BrokerProcess; readonly reachedAt: string },
): Promise<Diagnosis> {
  const [host, port] = split(reachedAt);
  const address = `${host}:${Number(port) - vipDistance}`;
  const subject = nameOf(broker);
  const startMs = environment.clock.elapsedMs();
  try {
    await admin.cluster.runtimeInfo(address);
    return well("vip", subject, `${address} answers too`);
  } catch (error) {
    const waitedMs = environment.clock.elapsedMs() - startMs;
    if (error instanceof ClientError && error.kind === "refused") {
      return well("vip", subject, `${address} answers too`);
    }
    if (waitedMs < (global.timeout ?? timeoutMsDefault) * 0.9) {
      return well("vip", subject, `${address} is not offered; only clients up to 4.4 look for it`);
    }
    return unwell("warn", "vip", {
      subject,
      detail: `${address} does not answer (${toCommandError(error).message})`,
      cause: "a firewall lets the broker's port through and not the one two below",
      fix: "open it, or set vipChannelEnabled=false in Java clients up to 4.4 (-Dcom.rocketmq.sendMessageWithVIPChannel=false)",
    });
  }
}
