/**
 * Subcommands that only a RocketMQ with a controller, users, containers or lite topics answers, against a server with fixed
 * answers: they print and send what the official mqadmin 5.5.0 does, as it stands in mqadmin-scripted.txt. Each block there
 * is a command, what it prints, and what it sends; the interop scenario `mqadmin-controlled` asks both tools the same.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { z } from "zod";
import { type Finished, runMq } from "../support/mq-command.ts";
import { startScriptedBroker } from "../support/scripted-broker.ts";

setDefaultTimeout(120_000);

const broker = startScriptedBroker();
const recorded = await Bun.file("test/integration/mqadmin-scripted.txt").text();
const blocks = recorded.split(/^\$ mqadmin /m).slice(1);

function ask(words: string, more: readonly string[] = []): Promise<Finished> {
  const line = words.replaceAll("$NS", broker.address).replaceAll("$BROKER", broker.address);
  return runMq(["mqadmin", ...line.split(" "), ...more], {
    environment: { TZ: "UTC", MQ_NAMESERVER: broker.address },
  });
}

/** The server's port, whose length moves columns, and how long ago something was. */
function comparable(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+( *)/g, (_, rest: string) => (rest === "" ? "$BROKER" : "$BROKER "))
    .replace(/\d+ s ago/, "N s ago");
}

test("what the official tool prints and sends", async () => {
  expect(blocks.length).toBeGreaterThan(30);
  for (const block of blocks) {
    const [words = ""] = block.split("\n", 1);
    broker.takeSent();
    const { exitCode, stdout, stderr } = await ask(words);
    const sent = broker
      .takeSent()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `> ${line.trimEnd()}\n`);
    const [name = ""] = words.split(" ", 1);
    expect([exitCode, stderr.replace(/^mqadmin (\w+) → mq [a-z].*\n$/, "$1")]).toEqual([
      0,
      stderr === "" ? "" : name,
    ]);
    expect(`${words}\n${comparable(stdout + sent.join(""))}`).toBe(block);
  }
});

const document = z.strictObject({
  apiVersion: z.literal("mq/v1"),
  kind: z.literal("Mqadmin"),
  subcommand: z.string(),
  items: z.array(z.record(z.string(), z.unknown())),
});

test("each of them in JSON", async () => {
  const lines = new Map(blocks.map((block) => [block.split(" ", 1)[0], block.split("\n", 1)[0]]));
  for (const [name, words = ""] of lines) {
    const { exitCode, stdout } = await ask(words, ["-o", "json"]);
    const { subcommand, items } = document.parse(JSON.parse(stdout));
    expect([exitCode, subcommand, items.length > 0]).toEqual([0, name ?? "", true]);
  }
});

test("values stay values in JSON", async () => {
  const items = async (words: string): Promise<readonly unknown[]> =>
    document.parse(JSON.parse((await ask(words, ["-o", "json"])).stdout)).items;
  expect(await items("listUser -b $BROKER")).toEqual([
    {
      ...{ broker: broker.address, username: "alice", password: "secret" },
      ...{ userType: "Super", userStatus: "enable" },
    },
    { broker: broker.address, username: "bob" },
  ]);
  expect(await items("getBrokerEpoch -b broker-a")).toMatchObject([
    { address: broker.address, brokerId: 2, epochs: [{ epoch: 1 }, { epoch: 2 }, { epoch: 5 }] },
  ]);
});

test("words that cannot be meant are refused before anything is sent", async () => {
  const refused: readonly (readonly [string, string])[] = [
    ["removeBroker -c $BROKER -b c:broker-a", "is no broker"],
    ["removeBroker -c $BROKER -b c:broker-a:-1", "is no broker"],
    ["cleanBrokerMetadata -a $BROKER -bn broker-a", "without -l the cluster is needed"],
    ["cleanBrokerMetadata -a $BROKER -bn broker-a -c c -b 1,2", "is no list of ids"],
    ["electMaster -a $BROKER -b one -bn broker-a -c c", "is no whole number"],
    ["getSyncStateSet -a $BROKER", "-b or -c is missing"],
    ["getBrokerEpoch", "-b or -c is missing"],
    ["updateUser -b $BROKER -u alice", "Missing required option"],
  ];
  broker.takeSent();
  for (const [words, said] of refused) {
    const { exitCode, stderr } = await ask(words);
    expect([words, exitCode, stderr.includes(said)]).toEqual([words, 2, true]);
  }
  expect(broker.takeSent()).toBe("");
});

test("a broker's name that nobody knows is not there", async () => {
  const { exitCode, stdout, stderr } = await ask("getBrokerEpoch -b nobody");
  expect([exitCode, stdout, stderr]).toEqual([
    3,
    "",
    "mqadmin getBrokerEpoch → mq cluster epoch nobody\nerror[MQ-E-NOTFOUND]: no nameserver knows a broker 'nobody'\n",
  ]);
});
