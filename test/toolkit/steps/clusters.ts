/** The cluster: listed, judged, measured. */
import { bothWays, type Step } from "../step.ts";

/** Rates and shares. */
const measured = /\b\d+\.\d+\b/g;
const figure = /"value": [\d.]+/;

export const clusterSteps: readonly Step[] = [
  ...bothWays("cluster list", { mask: measured }),
  { run: "cluster list -o wide", mask: measured },
  ...bothWays("cluster describe", { mask: measured }),
  { run: "cluster health --disk-warn 98 --disk-fail 99 -o table" },
  { run: "cluster health --disk-warn 98 --disk-fail 99 -o json" },
  { run: "cluster wait --within 5s --topic orders -o json" },
  { run: "cluster wait --within 300ms --brokers 2", exit: 124 },
  { run: "cluster wait --within 300ms --topic nowhere", exit: 124 },
  ...bothWays("doctor"),
  { run: "top topics --interval 200ms -o json" },
  { run: "top groups --interval 200ms -o table", mask: measured },
  { run: "stat --interval 200ms --count 1 -o json" },
  { run: "check connection" },
  { run: "check connection --format prometheus", mask: /[\d.]+$/ },
  { run: "check broker --disk-warn 98 --disk-crit 99" },
  { run: "check broker --broker broker-a --disk-warn 98 --disk-crit 99 -o json", mask: figure },
  { run: "check nameserver" },
  { run: "check nameserver --brokers-min 2 -o json", exit: 2, mask: figure },
  { run: "check disk --warn 98 --crit 99" },
  { run: "check e2e --topic orders" },
  { run: "check e2e --topic nowhere", exit: 2 },
  { run: "check topic orders --queues-min 2" },
  { run: "check topic orders --queues-min 9", exit: 2 },
  { run: "check topic nowhere", exit: 2 },
  { run: "check group billing --lag-warn 100" },
  { run: "check group billing --lag-crit 1 -o json", exit: 2, mask: /"value": \d+/ },
  { run: "check group nobody", exit: 3 },
  { run: "profile create here --at $NAMESERVER -o name" },
  { run: "profile check -P here -o json" },
  { run: "shell -e 'topic describe orders -o name; group lag billing -o name'" },
  { run: "shell -e 'topic describe nowhere'", exit: 3 },
  { run: "debug bundle --to $DIR/bundle.tar -o json", mask: /: \d+/ },
  { run: "export config --broker nobody", exit: 3 },
  { run: "mqadmin clusterList", mask: /[\d.]+\(.*/ },
  { run: "mqadmin topicRoute -t orders" },
  { run: "mqadmin consumerProgress -g billing" },
  { run: "bench produce --topic mq-bench --count 500 --senders 1 --size 100 --warmup 0s -o json" },
  { run: "bench rtt --count 3 -o table", mask: /\b\d+(\.\d+)?( ?[µm]?s)?\b/g },
  { run: "bench e2e --topic mq-bench-e2e --count 20 --producers 1 --duration 10s -o json" },
  { run: "bench consume --topic mq-bench --count 500 -o json" },
  {
    run: "bench consume --topic mq-bench --count 500 --max-p99 0ms -o json",
    exit: 10,
    mask: figure,
  },
];
