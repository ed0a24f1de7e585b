/** The commands of topics, groups and messages. */
import { lists, local, type ModeRow, measured, names } from "./mode-row.ts";

const asksMembers =
  "needs a member that answers: test/integration/commands-group-change.test.ts has one";
/** Addresses and times differ in length; the first of the runs writes, the others find it done. */
const exportedBytes = /^(messages|before|bytes) +\d+$/;
const aMember = "wants a member on line: test/integration/commands-one-message.test.ts";

export const messagesRows: Readonly<Record<string, ModeRow>> = {
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
  "message trace": { ok: "TRACED", missing: "NOWHERE" },
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
  "dlq describe": { ok: "billing", missing: "nobody" },
  "dlq export": {
    ok: "billing --to $DIR/dead.jsonl --resume",
    mask: exportedBytes,
    missing: "nobody --to $DIR/nothing.jsonl",
  },
  "dlq purge": { ok: "billing --dry-run", missing: "nobody --yes" },
  "dlq redrive": { ok: "billing --dry-run", missing: "nobody --yes" },
};
