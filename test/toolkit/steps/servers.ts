/** Brokers and nameservers: listed, described, set, drained; what of a topic goes with them. */
import { bothWays, type Step } from "../step.ts";

/** Figures of a broker's statistics. */
const figures = /\b\d+(\.\d+)?\b/g;

/** Each kind of broker has topics of its own besides those of users. */
const counts = /"(topics|milliseconds)": [\d.]+/;

export const serverSteps: readonly Step[] = [
  ...bothWays("broker list", { mask: /\b\d+\.\d+\b/g }),
  { run: "broker describe nobody", exit: 3 },
  { run: "broker describe broker-a -o 'template={{.broker}}'" },
  { run: "broker config get broker-a brokerName -o json" },
  { run: "broker config get broker-a noSuchSetting", exit: 2 },
  { run: "broker config set broker-a autoCreateTopicEnable=false --dry-run -o table" },
  { run: "broker config set broker-a autoCreateTopicEnable=false", exit: 6 },
  { run: "broker config set broker-a autoCreateTopicEnable=false --yes -o json" },
  { run: "broker config get broker-a autoCreateTopicEnable -o table" },
  { run: "broker config edit broker-a autoCreateTopicEnable", exit: 2 },
  { run: "broker config diff -o json" },
  { run: "broker drain broker-a --dry-run -o table", mask: figures },
  { run: "broker drain broker-a", exit: 6 },
  { run: "broker drain broker-a --no-wait --yes -o json", mask: counts },
  { run: "topic route orders -o table", until: /\br\b/ },
  { run: "broker resume broker-a --yes -o json", mask: counts },
  { run: "topic route orders -o table", until: /\brw\b/ },
  { run: "topic perm orders -o json" },
  { run: "nameserver list -o table", mask: figures },
  { run: "nameserver list -o json", mask: counts },
  { run: "nameserver config get orderMessageEnable -o json" },
  { run: "nameserver config set orderMessageEnable=true --dry-run -o table" },
  { run: "nameserver config set orderMessageEnable=true --yes -o json" },
  { run: "nameserver kv set COLOURS sky blue", exit: 6 },
  { run: "nameserver kv set COLOURS sky blue --yes -o json" },
  ...bothWays("nameserver kv list COLOURS"),
  { run: "nameserver kv delete COLOURS sky --yes -o json" },
  { run: "nameserver kv delete COLOURS sky --yes", exit: 3 },
  { run: "nameserver drift -o json" },
  ...bothWays("topic groups orders"),
  { run: "topic perm parcels --set r --dry-run -o table" },
  { run: "topic order orders --set broker-a:2 --yes -o json" },
  { run: "topic order orders -o table" },
  { run: "topic order orders --delete --yes -o json" },
  { run: "topic purge orders --dry-run -o table" },
  { run: "topic purge orders", exit: 6 },
  { run: "topic purge orders --group billing --yes -o json" },
  { run: "group undo-reset billing --yes -o table", mask: /billing-.*\.tsv/ },
];
