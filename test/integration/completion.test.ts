/** Completion in the system's shells: what `mq __complete` offers, and what bash makes of it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { mqWords, runMq } from "../support/mq-command.ts";
import { type StandaloneProcess, startStandaloneProcess } from "../support/standalone-process.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: StandaloneProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  cluster = await startStandaloneProcess("async");
  environment = { MQ_NAMESERVER: `${cluster.nameserver.host}:${cluster.nameserver.port}` };
  for (const topic of ["orders", "payments"]) {
    expect((await runMq(["topic", "create", topic, "-y"], { environment })).exitCode).toBe(0);
  }
});

afterAll(() => cluster.stop());

async function offered(line: string, more: Record<string, string> = environment) {
  const { stdout, stderr, exitCode } = await runMq(["__complete", "--", line], {
    environment: more,
  });
  expect([exitCode, stderr]).toEqual([0, ""]);
  return stdout.split("\n").slice(0, -1);
}

test("commands, flags, values and the cluster's names are offered", async () => {
  expect(await offered("topic desc")).toEqual(["describe "]);
  expect(await offered("topic describe pay")).toEqual(["payments"]);
  expect(await offered("topic list --output js")).toEqual(["json", "jsonl"]);
  expect(await offered("topic list --output=js")).toEqual(["--output=json", "--output=jsonl"]);
  expect(await offered("topic list --no-h")).toEqual(["--no-header "]);
  expect(await offered("vers")).toEqual(["version "]);
  expect(await offered("--outp")).toEqual(["--output "]);
  const [host] = [environment["MQ_NAMESERVER"] ?? ""];
  expect(await offered(`-n ${host} topic describe or`, {})).toEqual(["orders"]);
});

test("what only the interactive shell knows is not offered, nor what is hidden", async () => {
  const words = await offered("");
  expect(words).toContain("topic ");
  expect(words).not.toContain("watch ");
  expect(words).not.toContain("__complete ");
});

test("a line that cannot be read, or a cluster that does not answer, is silence", async () => {
  expect(await offered("topic list < file")).toEqual([]);
  const silent = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: () => undefined },
  });
  const startedAt = performance.now();
  const more = { MQ_NAMESERVER: `127.0.0.1:${silent.port}` };
  expect(await offered("topic describe ", more)).toEqual([]);
  // 150 ms of waiting and the start from source, far from the 3 s that a command waits.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  silent.stop(true);
});

test("bash completes what it takes for the word, behind an equals sign too", async () => {
  const quoted = mqWords.map((word) => `'${word}'`).join(" ");
  const complete = async (line: string, words: string): Promise<string> => {
    const script = `mq() { ${quoted} "$@"; }
source <(mq completion bash)
COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_mq; printf '[%s]' "\${COMPREPLY[@]}"`;
    const child = Bun.spawn(["bash", "-c", script], {
      env: { PATH: process.env["PATH"], ...environment },
      stdin: "ignore",
      stdout: "pipe",
    });
    return await new Response(child.stdout).text();
  };
  expect(await complete("mq topic describe o", "mq topic describe o")).toBe("[orders]");
  expect(await complete("mq topic desc", "mq topic desc")).toBe("[describe ]");
  expect(await complete("mq topic list --output=y", "mq topic list --output '=' y")).toBe("[yaml]");
  expect(await complete("mq gro", "mq gro")).toBe("[group ]");
});

test("--install writes the script where the shell looks, and --dry-run only says so", async () => {
  const folder = tempFolder();
  const more = { XDG_DATA_HOME: folder };
  const path = join(folder, "bash-completion/completions/mq");
  const words = ["completion", "bash", "--install", "-o", "table"];
  const planned = await runMq([...words, "--dry-run"], { environment: more });
  expect(planned.stdout).toBe(`would write ${path}\n`);
  expect(() => statSync(path)).toThrow();
  const done = await runMq(words, { environment: more });
  expect([done.exitCode, done.stdout]).toEqual([0, `wrote ${path}\n`]);
  expect(await Bun.file(path).text()).toBe((await runMq(["completion", "bash"])).stdout);
  const refused = await runMq(["completion", "zsh", "--install"], {
    environment: { XDG_DATA_HOME: "/dev/null" },
  });
  expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
  expect((await runMq(["completion", "csh"])).exitCode).toBe(2);
});
