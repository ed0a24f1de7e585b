/** `mqadmin exportMetrics`: how much a cluster's brokers have to do, with whom, as a file. */
import { exportFile, folderOption } from "../export-file.ts";
import { presenceOf } from "../group-consumption.ts";
import { JavaDouble, type JavaValue } from "../java-json.ts";
import { hashMap, hashOrder } from "../java-order.ts";
import { userGroups, userTopics } from "../metadata-value.ts";
import { required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfCluster } from "../targets.ts";
import { countedToday } from "../values.ts";

/** Of the tool that is spoken like here. */
const toolVersion = "V5_5_0";

const transactionTopic = "RMQ_SYS_TRANS_HALF_TOPIC";
const delayTopic = "SCHEDULE_TOPIC_XXXX";

type Facts = ReadonlyMap<string, string>;

/** Messages a second, and of a day. */
interface Load {
  readonly inTps: number;
  readonly outTps: number;
  readonly transactionTps: number;
  readonly delayTps: number;
  readonly dayIn: number;
  readonly dayOut: number;
  readonly dayTransactions: number;
  readonly dayDelayed: number;
}

const noLoad: Load = {
  ...{ inTps: 0, outTps: 0, transactionTps: 0, delayTps: 0 },
  ...{ dayIn: 0, dayOut: 0, dayTransactions: 0, dayDelayed: 0 },
};

export const subcommand: Subcommand = {
  options: [required("c", "clusterName", "the cluster"), folderOption],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const reports: (readonly [string, JavaValue])[] = [];
    let total = noLoad;
    for (const { brokerName, addresses } of await brokersOfCluster(client, line.text("c"))) {
      const address = addresses.get(0);
      // As the official tool, only leaders.
      if (address !== undefined) {
        const facts = await client.admin.cluster.runtimeInfo(address);
        const load = await loadOf(call, address, facts);
        reports.push([brokerName, await reportOf(call, address, facts, load)]);
        total = sumOf(total, load);
      }
    }
    const document = hashMap<JavaValue>([
      ["evaluateReport", hashMap(reports)],
      ["totalData", totalValue(total)],
    ]);
    const path = exportFile(call, "metrics.json", document);
    printer.item({ path });
    printer.print("export %s success", path);
    return undefined;
  },
};

async function reportOf(
  { client }: AdminCall,
  address: string,
  facts: Facts,
  load: Load,
): Promise<JavaValue> {
  const settings = await client.admin.brokers.config(address);
  const { groups } = await userGroups(client, address);
  const { topics } = await userTopics(client, address, { isWhole: false });
  return hashMap<JavaValue>([
    [
      "runtimeEnv",
      hashMap<JavaValue | undefined>([
        ["cpuNum", settings.get("clientCallbackExecutorThreads")],
        ["totalMemKBytes", facts.get("totalMemKBytes")],
      ]),
    ],
    [
      "runtimeQuota",
      hashMap<JavaValue | undefined>([
        [
          "diskRatio",
          hashMap<JavaValue | undefined>([
            ["commitLogDiskRatio", facts.get("commitLogDiskRatio")],
            ["consumeQueueDiskRatio", facts.get("consumeQueueDiskRatio")],
          ]),
        ],
        ["tps", rates(["normalInTps", "normalOutTps", "transInTps", "scheduleInTps"], load)],
        ["oneDayNum", dayCounts(load)],
        ["messageAverageSize", facts.get("putMessageAverageSize")],
        ["topicSize", topics.length],
        ["groupSize", groups.length],
      ]),
    ],
    [
      "runtimeVersion",
      hashMap<JavaValue | undefined>([
        ["rocketmqVersion", toolVersion],
        [
          "clientInfo",
          await clientVersions(
            client,
            groups.map(({ group }) => group),
          ),
        ],
      ]),
    ],
  ]);
}

async function loadOf({ client }: AdminCall, address: string, facts: Facts): Promise<Load> {
  const counts = async (topic: string): Promise<readonly [perSecond: number, today: number]> => {
    const found = await client.admin.topics.counts(address, "TOPIC_PUT_NUMS", topic);
    return [found?.minute.perSecond ?? 0, countedToday(found)];
  };
  const [transactionTps, dayTransactions] = await counts(transactionTopic);
  const [delayTps, dayDelayed] = await counts(delayTopic);
  const number = (name: string): number => Number(facts.get(name)?.split(" ")[0] ?? "0") || 0;
  return {
    inTps: number("putTps"),
    outTps: number("getTransferredTps"),
    dayIn: number("msgPutTotalTodayMorning") - number("msgPutTotalYesterdayMorning"),
    dayOut: number("msgGetTotalTodayMorning") - number("msgGetTotalYesterdayMorning"),
    ...{ transactionTps, delayTps, dayTransactions, dayDelayed },
  };
}

/** Languages and releases of the members of groups, as `JAVA%V5_3_3`; groups without members add nothing. */
async function clientVersions(
  client: AdminCall["client"],
  groups: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const group of groups) {
    // As the official tool: a group that cannot be asked about is left out.
    const presence = await presenceOf(client, group).catch(() => undefined);
    for (const { language, version } of presence?.members ?? []) {
      found.add(`${language}%${version}`);
    }
  }
  return new Set(hashOrder([...found], (text) => text));
}

function totalValue(total: Load): JavaValue {
  const names = ["totalNormalInTps", "totalNormalOutTps", "totalTransInTps", "totalScheduleInTps"];
  return hashMap([
    ["totalTps", rates(names, total)],
    ["totalOneDayNum", dayCounts(total)],
  ]);
}

function rates(names: readonly string[], load: Load): JavaValue {
  const values = [load.inTps, load.outTps, load.transactionTps, load.delayTps];
  return hashMap(names.map((name, at) => [name, new JavaDouble(values[at] ?? 0)]));
}

function dayCounts(load: Load): JavaValue {
  return hashMap([
    ["normalOneDayInNum", load.dayIn],
    ["normalOneDayOutNum", load.dayOut],
    ["transOneDayInNum", load.dayTransactions],
    ["scheduleOneDayInNum", load.dayDelayed],
  ]);
}

function sumOf(left: Load, right: Load): Load {
  return {
    inTps: left.inTps + right.inTps,
    outTps: left.outTps + right.outTps,
    transactionTps: left.transactionTps + right.transactionTps,
    delayTps: left.delayTps + right.delayTps,
    dayIn: left.dayIn + right.dayIn,
    dayOut: left.dayOut + right.dayOut,
    dayTransactions: left.dayTransactions + right.dayTransactions,
    dayDelayed: left.dayDelayed + right.dayDelayed,
  };
}
