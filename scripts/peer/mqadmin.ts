/** RocketMQ's own administration tool, one command a JVM. It ends with 0 also when a server refused: its text tells. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { logConfiguration } from "./rocketmq-conf.ts";

const timeoutMs = 60_000;

/** Runs a command of the version whose jars are in `home`; resolves with all that it printed. */
export async function runMqadmin(
  home: string,
  folder: string,
  words: readonly string[],
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  // 4.x does not start without it.
  writeFileSync(join(home, "conf/logback_tools.xml"), logConfiguration("tools"));
  const child = spawn(
    "java",
    [
      ...["-Xms64m", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      `-Duser.home=${folder}`,
      ...["-cp", `${home}/lib/*`, "org.apache.rocketmq.tools.command.MQAdminStartup"],
      ...words,
    ],
    {
      cwd: folder,
      env: { ...process.env, ROCKETMQ_HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    },
  );
  const parts: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => parts.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => parts.push(chunk));
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return Buffer.concat(parts).toString("utf8");
}
