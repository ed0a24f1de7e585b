/**
 * How each command is run by command-modes.test.ts: a line a command. `ok` are words behind the path with which it
 * succeeds, `missing` words that name what is not there. A mode that a command does not have stands in `without`, with why.
 *
 * Words name what the test made: topic orders with messages, group billing that is behind and has a dead letter, profile
 * local, the store $STORE and its repair plan $PLAN, the exported $DOCUMENT and $MESSAGES, the $BACKUPS of the store.
 */

import { messagesRows } from "./modes/messages.ts";
import type { ModeRow } from "./modes/mode-row.ts";
import { ownRows } from "./modes/own.ts";
import { serversRows } from "./modes/servers.ts";
import { storesRows } from "./modes/stores.ts";

export const modeRows: Readonly<Record<string, ModeRow>> = {
  ...serversRows,
  ...messagesRows,
  ...storesRows,
  ...ownRows,
};
