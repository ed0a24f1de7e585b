/**
 * A real RocketMQ whose leaders are chosen by a controller: a nameserver with the controller in it and two replicas of one
 * broker, which keep users and access rules as well. On loopback, each run on an empty store of its own.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installRocketmq, javaCommand, refuseOpenNetwork } from "./rocketmq.ts";
import { brokerConfiguration, nameserverConfiguration } from "./rocketmq-conf.ts";
import { routeIsKnown } from "./route-probe.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

export interface ControlledRocketmq {
  /** All `HOST:PORT`. */
  readonly nameserver: string;
  readonly controller: string;
  /** The one that became the leader first, and the other. */
  readonly brokers: readonly [string, string];
  /** Ends all of them at once and removes their files. */
  stop(): Promise<void>;
}

const nameserverPort = 9876;
const controllerPort = 9878;
/** A broker also takes the port two below and the port above. */
const brokerPorts = [10_911, 10_921] as const;
const readyTimeoutMs = 90_000;
const heap = ["-Xms64m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export async function startControlledRocketmq(version: string): Promise<ControlledRocketmq> {
  refuseOpenNetwork();
  const home = await installRocketmq(version);
  const folder = mkdtempSync(join(home, "run-"));
  const servers: ServerProcess[] = [];
  const launch = async (
    name: string,
    main: "nameserver" | "broker",
    configuration: string,
    ports: readonly number[],
  ): Promise<void> => {
    const own = join(folder, name);
    writeFileSync(`${own}.conf`, configuration);
    const server = await startServer({
      name: `RocketMQ ${version} ${name}`,
      command: javaCommand(home, folder, main, [...heap, "-XX:MaxDirectMemorySize=512m"], name),
      folder,
      environment: { ROCKETMQ_HOME: home },
      outputPath: `${own}.out`,
      ports,
      readyTimeoutMs,
    });
    servers.push(server);
  };
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.end("SIGKILL", 0)));
    rmSync(folder, { recursive: true, force: true });
  };
  const nameserver = `127.0.0.1:${nameserverPort}`;
  const controller = `127.0.0.1:${controllerPort}`;
  try {
    const controllerLines = [
      "enableControllerInNamesrv=true",
      "controllerDLegerGroup=group1",
      `controllerDLegerPeers=n0-${controller}`,
      "controllerDLegerSelfId=n0",
      `controllerStorePath=${folder}/controller`,
    ];
    await launch(
      "nameserver",
      "nameserver",
      `${nameserverConfiguration(nameserverPort, folder)}${controllerLines.join("\n")}\n`,
      [nameserverPort, controllerPort],
    );
    // One after the other: the first becomes the leader.
    for (const [index, brokerPort] of brokerPorts.entries()) {
      const configuration = brokerConfiguration({
        brokerPort,
        nameserver,
        storeFolder: join(folder, `store-${index}`),
        lenient: true,
        configuration: [
          "enableControllerMode=true",
          `controllerAddr=${controller}`,
          "authenticationMetadataProvider=org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider",
          "authorizationMetadataProvider=org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider",
          "timerWheelEnable=false",
        ],
      });
      await launch(`broker-${index}`, "broker", configuration, [brokerPort]);
      if (index === 0) {
        await routeIsKnown(nameserver, "TBW102");
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const [first, second] = brokerPorts;
  return {
    nameserver,
    controller,
    brokers: [`127.0.0.1:${first}`, `127.0.0.1:${second}`],
    stop,
  };
}
