/** The configuration files with which a real RocketMQ is started as a peer. */

/** Waits inside the broker's request queues; 200 ms as delivered, too short for a busy machine. */
const lenientLines = [
  "waitTimeMillsInSendQueue=10000",
  "waitTimeMillsInPullQueue=20000",
  "waitTimeMillsInHeartbeatQueue=60000",
  "waitTimeMillsInTransactionQueue=20000",
  "osPageCacheBusyTimeOutMills=10000",
];

export function nameserverConfiguration(port: number, folder: string): string {
  return lines(`listenPort=${port}`, "bindAddress=127.0.0.1", `kvConfigPath=${folder}/kv.json`);
}

export function brokerConfiguration(options: {
  readonly brokerPort: number;
  readonly nameserver: string;
  readonly storeFolder: string;
  readonly flush?: string;
  readonly lenient?: boolean;
  readonly configuration?: readonly string[];
}): string {
  return lines(
    "brokerClusterName=DefaultCluster",
    "brokerName=broker-a",
    "brokerId=0",
    "brokerIP1=127.0.0.1",
    "bindAddress=127.0.0.1",
    `listenPort=${options.brokerPort}`,
    `namesrvAddr=${options.nameserver}`,
    `storePathRootDir=${options.storeFolder}`,
    `storePathCommitLog=${options.storeFolder}/commitlog`,
    "mappedFileSizeCommitLog=134217728",
    `flushDiskType=${options.flush ?? "ASYNC_FLUSH"}`,
    "autoCreateTopicEnable=true",
    "autoCreateSubscriptionGroup=true",
    "enablePropertyFilter=true",
    "recallMessageEnable=true",
    "traceTopicEnable=true",
    "diskMaxUsedSpaceRatio=98",
    ...(options.lenient === true ? lenientLines : []),
    ...(options.configuration ?? []),
  );
}

/** Log configuration of the 4.x servers; they write below the home folder that java was given. */
export function logConfiguration(name: string): string {
  return lines(
    "<configuration>",
    '  <appender name="F" class="ch.qos.logback.core.FileAppender">',
    `    <file>\${user.home}/${name}.log</file>`,
    "    <encoder><pattern>%d %p %t - %m%n</pattern></encoder>",
    "  </appender>",
    '  <root level="INFO"><appender-ref ref="F"/></root>',
    "</configuration>",
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
