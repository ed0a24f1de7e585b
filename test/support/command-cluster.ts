/**
 * A cluster for tests of commands, run as a script runs them: a standalone `mq`, or with PEER_NAMESERVER set the cluster
 * there, a RocketMQ with an empty store whose one broker is called broker-a.
 */
import { expect } from "bun:test";
import { type Client, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { type Finished, runMq } from "./mq-command.ts";
import { mqRows } from "./mq-rows.ts";
import { startStandaloneProcess } from "./standalone-process.ts";
import { tempFolder } from "./temp-folder.ts";

export interface CommandCluster {
  readonly nameserver: string;
  /** Variables that commands run with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly client: Client;
  /** Runs a command that must succeed; its rows, held against the command's schema. */
  rows(
    path: string,
    words: readonly string[],
    input?: string,
  ): Promise<readonly Record<string, unknown>[]>;
  /** Exit code and the error's code of a command that fails and prints nothing. */
  failure(...words: readonly string[]): Promise<readonly [number, string]>;
  run(...words: readonly string[]): Promise<Finished>;
  makeTopic(topic: string, queues: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startCommandCluster(): Promise<CommandCluster> {
  const peer = process.env["PEER_NAMESERVER"];
  const own = peer === undefined ? await startStandaloneProcess("async") : undefined;
  const nameserver = peer ?? `${own?.nameserver.host}:${own?.nameserver.port}`;
  const environment = { MQ_NAMESERVER: nameserver, XDG_STATE_HOME: tempFolder(), TZ: "UTC" };
  const client = createClient(createBunEnvironment({ level: "error", format: "text" }), {
    nameservers: [nameserver],
  });
  const run = (...words: readonly string[]) => runMq(words, { environment });
  const rows: CommandCluster["rows"] = (path, words, input = "") =>
    mqRows(path, words, { environment, input });
  return {
    nameserver,
    environment,
    client,
    rows,
    run,
    async failure(...words) {
      const { exitCode, stdout, stderr } = await run(...words);
      expect(stdout).toBe("");
      return [exitCode, /^error\[([A-Z-]+)\]/m.exec(stderr)?.[1] ?? stderr];
    },
    async makeTopic(topic, queues) {
      const [made] = await rows("topic create", [topic, "--queues", String(queues)]);
      expect(made).toMatchObject({ name: topic, queues, perm: "rw", outcome: "created" });
    },
    async stop() {
      await client.close();
      await own?.stop();
    },
  };
}
