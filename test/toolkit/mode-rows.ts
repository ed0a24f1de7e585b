/**
 * How each command is run by command-modes.test.ts: a line a command. `ok` are words behind the path with which it
 * succeeds, `missing` words that name what is not there. A mode that a command does not have stands in `without`, with why.
 *
 * Words name what the test made: topic orders with messages, group billing that is behind and has a dead letter, profile
 * local, the store $STORE and its repair plan $PLAN, the exported $DOCUMENT and $MESSAGES, the $BACKUPS of the store.
 */

export type Mode = "json" | "table" | "pipe" | "down" | "missing" | "flag";

export interface ModeRow {
  readonly ok: string;
  readonly missing?: string;
  /** Standard input of each run. */
  readonly input?: string;
  /** Exit code of `ok`; 0 unless told. */
  readonly exit?: number;
  /** With nobody at the nameserver's address; 5 unless told. */
  readonly downExit?: number;
  /** With `missing`; 3 unless told. */
  readonly missingExit?: number;
  /** What differs from table to table. */
  readonly mask?: RegExp;
  readonly without?: Readonly<Partial<Record<Mode, string>>>;
}

const server = "a server: test/integration/commands-server.test.ts starts, asks and stops them";
const servers: ModeRow = {
  ok: "",
  without: { json: server, table: server, pipe: server, down: server, missing: server },
};
const streamed = "a stream of --http: test/integration/monitor.test.ts reads it";
const oneFile = "writes a file that may not be there yet: test/integration/debug.test.ts";
const asksMembers =
  "needs a member that answers: test/integration/commands-group-change.test.ts has one";
/** Addresses and times differ in length; the first of the runs writes, the others find it done. */
const exportedBytes = /^(messages|before|bytes) +\d+$/;
const aMember = "wants a member on line: test/integration/commands-one-message.test.ts";
const noFile = "test/integration/profiles.test.ts has a file and an editor";
const measured = /\b\d+\.\d+\b/g;
const lists = { missing: "lists what there is" } as const;
const local = { down: "asks no server" } as const;
const files = { down: "reads files" } as const;
const backupId = /\d{8}T\d{6}Z/;
const backups = { mask: backupId, without: files } as const;
const names = { missing: "the words name nothing of a cluster" } as const;

export const modeRows: Readonly<Record<string, ModeRow>> = {
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
  "topic list": { ok: "", without: lists },
  "topic create": { ok: "fresh --dry-run", missing: "fresh -b nobody" },
  "topic update": { ok: "orders --queues 8 --dry-run", missing: "nowhere --queues 8 --yes" },
  "topic delete": { ok: "orders --dry-run", missing: "nowhere --yes" },
  "topic describe": { ok: "orders", missing: "nowhere" },
  "topic route": { ok: "orders", missing: "nowhere" },
  "topic stats": { ok: "orders", mask: measured, missing: "nowhere" },
  "topic produce": {
    ok: "scratch --value x --queue 0",
    mask: /@\d+/,
    missing: "orders --value x --queue 99",
  },
  "topic peek": { ok: "orders", missing: "nowhere" },
  "topic groups": { ok: "orders", missing: "nowhere" },
  "topic perm": { ok: "orders --set r --dry-run", missing: "nowhere" },
  "topic order": { ok: "kept", missing: "nowhere" },
  "topic purge": { ok: "orders --dry-run", missing: "nowhere" },
  "topic copy": {
    ok: "orders scratch --dry-run --state $DIR/copy.state",
    missing: "orders nowhere --yes",
  },
  "topic tail": { ok: "orders --offset start --exit-at-end", missing: "nowhere --exit-at-end" },
  "group list": { ok: "", without: lists },
  "group describe": { ok: "billing", missing: "nobody" },
  "group members": { ok: "billing", missing: "nobody" },
  "group create": { ok: "fresh --dry-run", missing: "fresh -b nobody" },
  "group delete": { ok: "billing --dry-run", missing: "nobody --yes" },
  "group lag": { ok: "billing", missing: "nobody" },
  "group reset-offset": {
    ok: "billing --to end --dry-run",
    missing: "billing --topic nowhere --to end --yes",
  },
  "group clone-offset": {
    ok: "billing billing-v2 --create --dry-run",
    missing: "nobody billing --yes",
  },
  "group update": {
    ok: "billing --retry-max-times 4 --dry-run",
    missing: "nobody --retry-queues 2 --yes",
  },
  "group pause": { ok: "billing --dry-run", missing: "nobody --yes" },
  "group resume": { ok: "billing", missing: "nobody --yes" },
  "group peek": { ok: "billing --topic letters", missing: "nobody" },
  "group stack": {
    ok: "billing",
    missing: "nobody",
    without: {
      json: asksMembers,
      table: asksMembers,
      pipe: asksMembers,
    },
  },
  "group undo-reset": { ok: "billing --dry-run", missing: "nobody --yes" },
  "message get": { ok: "orders/0/0", missing: "orders/0/99" },
  "message find": { ok: "--topic orders --key k1", missing: "--topic nowhere --key k1" },
  "message export": {
    ok: "orders --to $DIR/messages.jsonl --resume",
    mask: exportedBytes,
    missing: "nowhere --to $DIR/nothing.jsonl",
  },
  "message import": {
    ok: "scratch -f $MESSAGES --dry-run --state $DIR/import.state",
    missing: "scratch -f $DIR/nowhere.jsonl --yes",
  },
  "message decode-id": {
    ok: "7F00000100002A9F000000000000013E",
    without: { ...names, ...local },
  },
  "message send-to-client": {
    ok: "orders/0/0 --group billing --yes",
    missing: "orders/0/0 --group billing --yes",
    without: { json: aMember, table: aMember, pipe: aMember },
  },
  "dlq list": { ok: "", without: lists },
  "dlq show": { ok: "billing", missing: "nobody" },
  "dlq redrive": { ok: "billing --dry-run", missing: "nobody --yes" },
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
  "check e2e": { ok: "-t scratch", missing: "-t nowhere", missingExit: 2, downExit: 2 },
  "check topic": { ok: "orders", missing: "nowhere", missingExit: 2, downExit: 2 },
  "check group": { ok: "billing", missing: "nobody", downExit: 3 },
  "check dlq": { ok: "billing --warn 9", missing: "nobody", downExit: 3 },
  "segment list": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "segment dump": {
    ok: "$STORE --count 2",
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "segment grep": {
    ok: "TAGS $STORE --count 2",
    missing: "nothing-like-it $STORE",
    without: files,
  },
  "segment inspect": {
    ok: "$STORE --count 2",
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "segment repair": {
    ok: "$STORE --plan $PLAN",
    missing: "$DIR/nowhere --plan $PLAN",
    missingExit: 2,
    without: files,
  },
  "segment verify": {
    ok: "$STORE",
    exit: 8,
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "store checkpoint": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "store index verify": {
    ok: "$STORE",
    exit: 8,
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "store queue rebuild": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "store usage": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "backup create": {
    ok: "--store $STORE --to $DIR/fresh --dry-run",
    mask: backupId,
    missing: "--store $DIR/nowhere --to $DIR/fresh",
    missingExit: 2,
    without: files,
  },
  "backup list": { ...backups, ok: "--from $BACKUPS", missing: "--from $DIR/nowhere" },
  "backup verify": { ...backups, ok: "--from $BACKUPS", missing: "--from $BACKUPS --id x" },
  "backup restore": {
    ...backups,
    ok: "--from $BACKUPS --store $DIR/restored --dry-run",
    missing: "--from $DIR/nowhere --store $DIR/restored",
  },
  "backup prune": {
    ...backups,
    ok: "--from $BACKUPS --keep 1 --dry-run",
    missing: "--from $DIR/nowhere --keep 1",
  },
  "maint list": { ok: "", without: { ...lists, ...local } },
  "maint run": {
    ok: "offsets,dead-letters --dry-run",
    mask: /%3A\d+/,
    missing: "no-such-job",
    missingExit: 2,
  },
  "maint schedule add": {
    ok: "nightly --with systemd --at daily --dry-run -- offsets",
    missing: "nightly --at @daily --print -- no-such-job",
    missingExit: 2,
    without: local,
  },
  "maint schedule list": { ok: "", without: { ...lists, ...local } },
  "maint schedule remove": { ok: "weekly --dry-run", missing: "nowhere", without: local },
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
  mqadmin: {
    ok: "topicStatus -t orders",
    without: {
      json: "-o json is its own: test/integration/mqadmin.test.ts",
      table: "prints what the official tool prints: make interop SCENARIO=mqadmin-compat",
      missing: "fails as the official tool does",
      flag: "takes the official tool's options",
      down: "takes the official tool's options",
    },
  },
  "profile list": { ok: "", without: { ...local, ...lists } },
  "profile create": { ok: "spare --at $NAMESERVER --dry-run", without: { ...local, ...names } },
  "profile use": { ok: "local", missing: "nobody", without: local },
  "profile show": { ok: "local", missing: "nobody", without: local },
  "profile edit": { ok: "local --unprotected", missing: "nobody --unprotected", without: local },
  "profile copy": { ok: "local other --dry-run", missing: "nobody other", without: local },
  "profile rename": { ok: "local other --dry-run", missing: "nobody other", without: local },
  "profile delete": { ok: "local --dry-run", missing: "nobody --yes", without: local },
  "profile check": { ok: "-P local", missing: "-P nobody", downExit: 10 },
  "profile prompt": { ok: "", without: { ...local, ...names } },
  "config show": { ok: "", without: { ...local, ...names } },
  "config explain": { ok: "", without: { ...local, ...names } },
  "config set": { ok: "timeout 3s --dry-run", without: { ...local, ...names } },
  "config trust": { ok: "", exit: 3, without: { ...local, ...names, json: noFile, pipe: noFile } },
  "config edit": { ok: "", exit: 2, without: { ...local, ...names, json: noFile, pipe: noFile } },
  "config path": { ok: "", without: { ...local, ...names } },
  "config validate": { ok: "", without: { ...local, ...names } },
  completion: {
    ok: "bash",
    missing: "tcsh",
    missingExit: 2,
    without: { ...local, table: "prints a script" },
  },
  __complete: {
    ok: "-- 'topic desc'",
    without: {
      ...names,
      json: "prints words for a shell",
      flag: "completes whatever is typed",
      down: "then offers nothing",
    },
  },
  man: {
    ok: "topic tail",
    missing: "no such",
    without: { ...local, json: "prints a page", table: "prints a page" },
  },
  errors: { ok: "noroute", missing: "nothing", without: local },
  cheat: { ok: "version", missing: "nothing", without: local },
  shell: {
    ok: "-e 'topic list'",
    missing: "-e 'topic describe nowhere'",
    without: { json: "prints what its commands print", table: "prints what its commands print" },
  },
  version: { ok: "", without: { ...local, ...names } },
};
