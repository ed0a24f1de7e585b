/** `mq mqadmin` as scripts use it: exit codes, streams, JSON. What it prints is held against mqadmin in test/interop. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandList } from "../../cli/command-list.ts";
import { commands } from "../../cli/commands/index.ts";
import { parseCommandLine } from "../../cli/mqadmin/command-line.ts";
import { commonOptions, optionKey } from "../../cli/mqadmin/option.ts";
import { subcommands } from "../../cli/mqadmin/subcommand-list.ts";
import { parseCommand } from "../../cli/parse.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { type Finished, runMq } from "../support/mq-command.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let broker = "";

beforeAll(async () => {
  cluster = await startCommandCluster();
  broker = (await cluster.client.admin.cluster.brokers())[0]?.address ?? "";
});

afterAll(() => cluster.stop());

function run(line: string, more: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const environment = { ...cluster.environment, ...more };
  return runMq(["mqadmin", ...line.split(" ")], { environment });
}

describe("exit codes and streams", () => {
  test("mqadmin's text goes to standard output, mq's spelling to standard error", async () => {
    const made = await run(`updateTopic -b ${broker} -t orders -w 2 -r 2`);
    expect(made).toEqual({
      exitCode: 0,
      stdout:
        `create topic to ${broker} success.\n` +
        "TopicConfig [topicName=orders, readQueueNums=2, writeQueueNums=2, perm=RW-, topicFilterType=SINGLE_TAG, topicSysFlag=0, order=false, attributes={}]\n",
      stderr: `mqadmin updateTopic → mq topic create orders --queues 2 --broker ${broker}\n`,
    });
  });

  test("what goes wrong has a real exit code, or 0 when that is asked for", async () => {
    const codes = async (line: string): Promise<readonly number[]> => [
      (await run(line)).exitCode,
      (await run(line, { MQ_MQADMIN_EXIT0: "1" })).exitCode,
    ];
    expect(await codes("topicRoute -t nowhere")).toEqual([3, 0]);
    expect(await codes("topicList -n 127.0.0.1:1")).toEqual([5, 0]);
    expect(await codes("topicRoute")).toEqual([2, 0]);
    expect(await codes("topicRout -t orders")).toEqual([2, 0]);
    expect(await codes("updateTopic -c Nowhere -t orders")).toEqual([3, 0]);
    expect(await codes("listAcl -c DefaultCluster")).toEqual([1, 0]);
  });

  test("words that do not fit are answered with the usage and what is wrong", async () => {
    const { exitCode, stdout, stderr } = await run("topicRoute -x");
    expect([exitCode, stdout.split("\n")[0]]).toEqual([
      2,
      "usage: mqadmin topicRoute [-h] [-l] [-n <arg>] -t <arg>",
    ]);
    expect(stderr).toContain("error[MQ-E-USAGE]: Unrecognized option: -x");
    const helped = await run("help topicRoute");
    expect([helped.exitCode, helped.stdout, helped.stderr]).toEqual([0, stdout, ""]);
  });

  test("without words the subcommands are listed; a missing one is named", async () => {
    const listed = await runMq(["mqadmin"], { environment: cluster.environment });
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout.split("\n").filter((line) => line.startsWith("   "))).toHaveLength(96);
    const missing = await run("topicLst");
    expect(missing.stdout).toBe("The sub command topicLst not exist.\n");
    expect(missing.stderr).toContain("did you mean 'topicList'?");
  });

  test("-o json gives one document, and errors as JSON", async () => {
    await run(`updateTopic -b ${broker} -t parcels -w 1 -r 1`);
    const { stdout } = await run("topicStatus -t parcels -o json");
    expect(JSON.parse(stdout)).toEqual({
      apiVersion: "mq/v1",
      kind: "Mqadmin",
      subcommand: "topicStatus",
      items: [{ broker: "broker-a", queue: 0, minOffset: 0, maxOffset: 0, lastUpdated: "" }],
    });
    const failed = await run("topicRoute -t nowhere -o json");
    expect(failed.stdout).toBe("");
    expect(JSON.parse(failed.stderr)).toMatchObject({
      kind: "Error",
      code: "MQ-E-NOROUTE",
    });
  });
});

test("each subcommand's own spelling is a command of mq with its flags", async () => {
  const list = new CommandList(commands);
  for (const { name, load } of subcommands) {
    const { subcommand } = await load();
    const options = [...commonOptions, ...subcommand.options];
    const groups = new Set<string>();
    const words = options.flatMap((each) => {
      const isFirst = each.group !== undefined && !groups.has(each.group);
      groups.add(each.group ?? "");
      const value = each.long === "controllerAddress" ? "here:1" : "1";
      return each.isRequired || isFirst ? [`-${optionKey(each)}`, value] : [];
    });
    const spelling = subcommand.spelling(parseCommandLine(options, words));
    if (spelling !== undefined) {
      const spelled = spelling.split(" ");
      const found = list.find(spelled);
      expect([name, spelling, found === undefined]).toEqual([name, spelling, false]);
      const command = await found?.entry.load();
      const rest = spelled.slice(found?.length ?? 0);
      expect(() => command && parseCommand(command.spec, rest, {})).not.toThrow();
    }
  }
});
