/** Links to the executable with RocketMQ's names for its programs, as service files call them. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const folder = tempFolder();
const executable = join(import.meta.dir, "../../dist/mq");
for (const name of ["mqbroker", "mqnamesrv", "mqshutdown"]) {
  symlinkSync(executable, join(folder, name));
}
const environment = {
  ...{ HOME: folder, PATH: process.env["PATH"] ?? "", XDG_STATE_HOME: join(folder, "state") },
  XDG_CONFIG_HOME: "/dev/null",
};

function start(words: readonly string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const [name = "", ...rest] = words;
  return Bun.spawn([join(folder, name), ...rest], {
    ...{ cwd: folder, env: environment, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    argv0: name,
  });
}

async function run(line: string): Promise<readonly [number, string, string]> {
  const child = start(line.split(" "));
  const [out, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return [await child.exited, out, errors];
}

const servers: Bun.Subprocess[] = [];

afterAll(async () => {
  for (const server of servers) {
    server.kill("SIGKILL");
    await server.exited;
  }
});

/** Resolves with what a server says once it is ready. */
async function ready(words: readonly string[]): Promise<string> {
  const child = start(words);
  servers.push(child);
  let said = "";
  for await (const chunk of child.stderr) {
    said += new TextDecoder().decode(chunk);
    if (said.includes("Ctrl-C stops")) {
      break;
    }
  }
  return said;
}

test("mqbroker -p and -m print settings, and start nothing", async () => {
  writeFileSync(
    join(folder, "broker.conf"),
    "brokerName = west\nlistenPort = 10999\nbrokerClusterName = c\nflushDiskType=ASYNC_FLUSH\n",
  );
  const [code, all, errors] = await run(
    "mqbroker -c broker.conf -n 10.0.0.1:9876;10.0.0.2:9876 -p",
  );
  expect([code, errors]).toEqual([0, ""]);
  const lines = all.trimEnd().split("\n");
  expect(lines.every((line) => /^\w+=/.test(line))).toBe(true);
  for (const line of [
    ...["brokerName=west", "brokerClusterName=c", "listenPort=10999", "flushDiskType=ASYNC_FLUSH"],
    ...["namesrvAddr=10.0.0.1:9876;10.0.0.2:9876", "defaultTopicQueueNums=8"],
  ]) {
    expect(lines).toContain(line);
  }
  const [, important] = await run("mqbroker -c broker.conf -m");
  const names = important
    .trimEnd()
    .split("\n")
    .map((line) => line.split("=")[0] ?? "");
  expect(names).toEqual([
    ...["aclEnable", "autoCreateSubscriptionGroup", "autoCreateTopicEnable", "brokerIP1"],
    ...["listenPort", "msgTraceTopicName", "namesrvAddr", "rejectTransactionMessage"],
    "traceTopicEnable",
  ]);
});

test("what mq does not have is refused with exit code 2", async () => {
  const [code, out, errors] = await run("mqbroker -n 127.0.0.1:9876 --enable-proxy");
  expect([code, out]).toEqual([2, ""]);
  expect(errors).toStartWith("error[MQ-E-USAGE]: mqbroker: mq has no proxy");
  expect((await run("mqshutdown controller"))[0]).toBe(2);
  writeFileSync(join(folder, "other.conf"), "enableControllerInNamesrv=true\n");
  const [refused, , reason] = await run("mqnamesrv -c other.conf");
  expect([refused, reason.includes("'enableControllerInNamesrv' is no setting")]).toEqual([
    2,
    true,
  ]);
});

test("a nameserver and a broker start and are shut down", async () => {
  writeFileSync(join(folder, "namesrv.conf"), "listenPort=0\nkvConfigPath=kept/kvConfig.json\n");
  expect((await run("mqnamesrv -c namesrv.conf -p"))[1]).toBe(
    `bindAddress=127.0.0.1\nkvConfigPath=${folder}/kept/kvConfig.json\nlistenPort=0\n`,
  );
  const nameserver = /nameserver (\S+)/.exec(await ready(["mqnamesrv", "-c", "namesrv.conf"]))?.[1];
  writeFileSync(join(folder, "free.conf"), "listenPort=0\nstorePathRootDir=store\n");
  const said = await ready(["mqbroker", "-c", "free.conf", "-n", nameserver ?? ""]);
  expect(said).toContain(`mq topic list -n ${nameserver}`);
  const [broker, , brokerSaid] = await run("mqshutdown broker");
  expect([broker, brokerSaid]).toEqual([
    0,
    `stopped process ${servers[1]?.pid}, the broker on ${folder}/store\n`,
  ]);
  const [gone, , goneSaid] = await run("mqshutdown namesrv");
  expect([gone, goneSaid]).toEqual([
    0,
    `stopped process ${servers[0]?.pid}, the nameserver at ${nameserver}\n`,
  ]);
  expect((await run("mqshutdown broker"))[0]).toBe(3);
  expect((await run("mqshutdown namesrv"))[0]).toBe(3);
});
