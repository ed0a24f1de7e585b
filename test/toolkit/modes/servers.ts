/** The commands of servers, clusters, and of watching them. */
import { files, lists, local, type ModeRow, measured, names } from "./mode-row.ts";

const server = "a server: test/integration/commands-server.test.ts starts, asks and stops them";
const servers: ModeRow = {
  ok: "",
  without: { json: server, table: server, pipe: server, down: server, missing: server },
};
const streamed = "a stream of --http: test/integration/monitor.test.ts reads it";
const edited = "an editor at a terminal: test/integration/prompts.test.ts has both";
const controlled = "RocketMQ with a controller: test/integration/commands-replicas.test.ts";
const profiled = "looks at a server with --http: test/integration/debug-profile.test.ts";
const oneFile = "writes a file that may not be there yet: test/integration/debug.test.ts";

export const serversRows: Readonly<Record<string, ModeRow>> = {
  dev: servers,
  "standalone start": servers,
  "standalone stop": servers,
  "standalone status": {
    ok: "--store $DIR/nothing",
    exit: 3,
    without: { ...files, ...names },
  },
  "broker start": servers,
  "broker stop": servers,
  "broker status": {
    ok: "--store $DIR/nothing",
    exit: 3,
    without: { ...files, ...names },
  },
  "broker list": { ok: "--columns broker,id,active", without: lists },
  "broker describe": {
    ok: "broker-a",
    missing: "broker-x",
    without: { table: "every figure there is" },
  },
  "broker config get": { ok: "broker-a autoCreateTopicEnable", missing: "broker-x" },
  "broker config set": {
    ok: "broker-a autoCreateTopicEnable=false --dry-run",
    missing: "broker-x a=b",
  },
  "broker config edit": {
    ok: "broker-a",
    exit: 2,
    missing: "broker-x",
    without: { json: edited, pipe: edited },
  },
  "broker config diff": { ok: "", missing: "-b broker-x" },
  "broker drain": { ok: "broker-a --dry-run", missing: "broker-x --yes" },
  "broker resume": { ok: "broker-a --dry-run", missing: "broker-x --yes" },
  "nameserver list": { ok: "--columns nameserver,answers,brokers", without: lists },
  "nameserver config get": { ok: "orderMessageEnable", missing: "nosuch", missingExit: 2 },
  "nameserver config set": {
    ok: "orderMessageEnable=true --dry-run",
    missing: "nosuch=true",
    missingExit: 2,
  },
  "nameserver kv list": { ok: "", without: lists },
  "nameserver kv set": { ok: "SPACE key value --dry-run", without: lists },
  "nameserver kv delete": {
    ok: "ORDER_TOPIC_CONFIG kept --dry-run",
    missing: "SPACE nowhere --yes",
  },
  "nameserver drift": { ok: "", without: lists },
  "nameserver start": servers,
  "nameserver stop": servers,
  "nameserver status": {
    ok: "--listen $NAMESERVER",
    exit: 3,
    without: { ...names, down: "asks --listen" },
  },
  apply: { ok: "-f $DOCUMENT --dry-run", missing: "-f $DIR/nowhere.yaml --yes", missingExit: 2 },
  diff: { ok: "-f $DOCUMENT", missing: "-f $DIR/nowhere.yaml", missingExit: 2 },
  "export metadata": { ok: "", missing: "-b nobody" },
  "export config": { ok: "", missing: "-b nobody", without: { table: "every setting there is" } },
  "import metadata": {
    ok: "-f $DOCUMENT --dry-run",
    missing: "-f $DIR/nowhere.yaml --yes",
    missingExit: 2,
  },
  doctor: {
    ok: "",
    without: { ...lists, table: "tells of the machine", down: "finds it out: exit code 10" },
  },
  stat: {
    ok: "--interval 100ms --count 1",
    missing: "--interval 100ms --count 1 -b nobody",
    without: { table: "measures" },
  },
  "debug info": {
    ok: "--store $DIR/nothing",
    without: { ...names, ...local, table: "tells of the machine" },
  },
  "debug bundle": {
    ok: "--store $DIR/nothing",
    missing: "--to $DIR/nowhere/x.tar",
    missingExit: 1,
    downExit: 7,
    without: { table: "a name with the time", pipe: oneFile, json: oneFile },
  },
  "debug profile": {
    ok: "127.0.0.1:9 --seconds 1",
    missing: "127.0.0.1:9",
    missingExit: 5,
    without: { json: profiled, table: profiled, pipe: profiled, down: "asks no nameserver" },
  },
  monitor: {
    ok: "127.0.0.1:9 --count 1",
    missing: "127.0.0.1:9",
    missingExit: 5,
    without: { json: streamed, table: streamed, pipe: streamed, down: "asks no nameserver" },
  },
  top: {
    ok: "groups --interval 100ms",
    missing: "groups --interval 100ms -b nobody",
    mask: measured,
  },
  "cluster list": { ok: "", mask: measured, without: lists },
  "cluster describe": { ok: "", missing: "nowhere", mask: measured },
  "cluster health": { ok: "--disk-warn 98 --disk-fail 99", without: lists },
  "cluster replicas": { ok: "broker-a", missing: "broker-x" },
  "cluster epoch": {
    ok: "broker-a",
    exit: 1,
    missing: "broker-x",
    without: { json: controlled, table: controlled, pipe: controlled },
  },
  "cluster elect-master": {
    ok: "broker-a --id 1 --controller $NAMESERVER --dry-run",
    exit: 1,
    missing: "broker-x --id 1 --controller $NAMESERVER",
    without: { json: controlled, table: controlled, pipe: controlled },
  },
  "cluster wait": {
    ok: "--within 5s",
    missing: "--within 200ms --topic nowhere",
    missingExit: 124,
    without: { down: "waits for it: exit code 124" },
  },
  "check connection": { ok: "", downExit: 2, without: lists },
  "check broker": {
    ok: "--disk-warn 98 --disk-crit 99",
    missing: "-b nobody",
    missingExit: 2,
    downExit: 2,
  },
  "check nameserver": { ok: "", downExit: 2, without: lists },
  "check disk": {
    ok: "--warn 98 --crit 99",
    missing: "-b nobody",
    missingExit: 2,
    downExit: 2,
  },
  "check cert": {
    ok: "",
    exit: 3,
    downExit: 3,
    missing: "--file nowhere.pem",
  },
  "check e2e": { ok: "-t scratch", missing: "-t nowhere", missingExit: 2, downExit: 2 },
  "check topic": { ok: "orders", missing: "nowhere", missingExit: 2, downExit: 2 },
  "check group": { ok: "billing", missing: "nobody", downExit: 3 },
  "check dlq": { ok: "billing --warn 9", missing: "nobody", downExit: 3 },
  "bench produce": {
    ok: "--topic scratch --count 20 --senders 1 --warmup 0s",
    without: { ...names, table: "measures" },
  },
  "bench disk": {
    ok: "$DIR --duration 50ms --sequential 0",
    without: { ...names, down: "asks no server", table: "measures" },
  },
  "bench rtt": {
    ok: "--count 3",
    missing: "-b nobody --of brokers",
    without: { table: "measures" },
  },
  "bench e2e": {
    ok: "--topic scratch --count 5 --duration 5s",
    without: { ...names, table: "measures" },
  },
  "bench consume": {
    ok: "--topic orders --count 1",
    missing: "--topic nowhere",
    without: { table: "measures" },
  },
};
