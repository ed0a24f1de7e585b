/** Messages: sent, read, found. */
import { bothWays, type Step } from "../step.ts";

const large = Buffer.alloc(200_000, "0123456789abcdef");
const binary = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 0x0a, 0x0d, 0x1b, 0x5b]);

export const messageSteps: readonly Step[] = [
  {
    run: `topic produce orders --queue 0 --value '{"id":1,"amount":250}' --tag PAID --key ord-1 --prop region=eu -o json`,
    capture: { PAID: /"messageId":\s*"([0-9A-F]{32})"/, UNIQUE: /"uniqueKey":\s*"([0-9A-F]{32})"/ },
  },
  { run: "topic produce orders --queue 1 --value 'Grüße, 世界' --tag NEW --key ord-2 -o table" },
  { run: "topic produce orders --queue 1 --lines --tag NEW", input: "three\nfour\nfive\n" },
  { run: "topic produce letters --queue 0 --lines --key k7 -o table", input: "m0\nm1\nm2\n" },
  { run: "topic produce parcels --queue 0 -o json", input: binary },
  { run: "topic produce parcels --queue 0 -o json", input: large },
  { run: "topic produce parcels --queue 0 --oneway --value 'nobody knows' -o json" },
  { run: "topic describe orders -o table", until: /5 messages/ },
  { run: "topic describe orders -o json" },
  ...bothWays("topic tail orders --offset start --exit-at-end"),
  { run: "topic tail orders --offset start --exit-at-end --tag PAID -o jsonl" },
  { run: "topic tail orders --last 1 --exit-at-end -F '%t %q %o %g %k %v'" },
  { run: "topic tail orders --offset start --exit-at-end --grep f -F '%v'" },
  { run: "topic tail orders --offset start --exit-at-end --prop region=eu -F '%p{region}'" },
  { run: "topic tail orders --offset start --count 2 --queue 1 -F '%o %v'" },
  { run: "topic tail orders --offset end --expect 1 --within 300ms", exit: 124 },
  {
    run: "topic tail parcels --offset start --exit-at-end --max-bytes 8 -o json",
    until: /3 shown/,
  },
  { run: "topic tail parcels --offset start --exit-at-end --max-bytes 8 -o table" },
  ...bothWays("topic peek orders"),
  { run: "topic peek orders --oldest --queue 1 --count 2 -F '%o %v'" },
  { run: "topic peek nowhere", exit: 3 },
  ...bothWays("message get $PAID"),
  { run: "message get $UNIQUE --topic orders -o json" },
  { run: "message get orders/1/3 -F %v" },
  ...bothWays("message find --topic orders --key ord-2", { until: /ord-2/ }),
  { run: "message find --topic orders --unique-key $UNIQUE -o json" },
  { run: "message find --topic orders --from -1h --limit 2 -o json" },
  { run: "message find --topic orders --from -1h -o table" },
  { run: "message find --topic orders --key nobody" },
  { run: "message trace NOBODY --trace-topic orders", exit: 3 },
  { run: "message get orders/1/99", exit: 3 },
  { run: "message get 00000000000000000000000000000000", exit: 5 },
  { run: "message get orders/9/0", exit: 3 },
  {
    run: "message export orders --tag NEW --to $DIR/messages.jsonl -o json",
    mask: /"bytes":\s*\d+/,
  },
  { run: "message export nowhere --to $DIR/nothing.jsonl", exit: 3 },
  {
    run: "message import parcels -f $DIR/messages.jsonl --state $DIR/import.state --dry-run -o json",
  },
  { run: "message import parcels -f $DIR/nowhere.jsonl --yes", exit: 3 },
  { run: "topic copy orders parcels --state $DIR/copy.state --dry-run -o json" },
  { run: "topic copy orders parcels --state $DIR/copy.state", exit: 6 },
  { run: "topic copy orders nowhere --yes", exit: 3 },
];
