/**
 * Tables of a broker page by page, as RocketMQ's own tools ask for them since 5.4. Brokers before that send all at once. A
 * table that changes meanwhile is read from its beginning again.
 */
import {
  type DataVersion,
  encodeDataVersion,
  isSameDataVersion,
} from "../../protocol/remoting/bodies/data-version.ts";
import { ClientError } from "../errors.ts";

/** As RocketMQ's tools. */
export const metadataPageRows = 2000;
const triesMax = 10;

export interface MetadataPage<R> {
  readonly dataVersion: DataVersion;
  readonly rows: readonly R[];
  /** How many there are altogether; undefined from a broker that has no pages. */
  readonly total: number | undefined;
}

/**
 * Asks for pages until all rows are there; `version` is the data version of those before as JSON text, empty for the first.
 * Throws ClientError, also for a table that does not stop changing.
 */
export async function readPages<R, P extends MetadataPage<R>>(
  ask: (first: number, version: string) => Promise<P>,
): Promise<{ readonly pages: readonly P[]; readonly rows: readonly R[] }> {
  for (let tries = 0; tries < triesMax; tries++) {
    const found = await readOnce<R, P>(ask);
    if (found !== undefined) {
      return found;
    }
  }
  throw new ClientError("bad_reply", "the broker's settings change faster than they can be read");
}

async function readOnce<R, P extends MetadataPage<R>>(
  ask: (first: number, version: string) => Promise<P>,
): Promise<{ readonly pages: readonly P[]; readonly rows: readonly R[] } | undefined> {
  const pages: P[] = [];
  const rows: R[] = [];
  let version: DataVersion | undefined;
  for (;;) {
    const text = version === undefined ? "" : encodeDataVersion(version).toString();
    const page = await ask(rows.length, text);
    version ??= page.dataVersion;
    if (!isSameDataVersion(version, page.dataVersion)) {
      return undefined;
    }
    pages.push(page);
    rows.push(...page.rows);
    if (page.total === undefined || rows.length >= page.total || page.rows.length === 0) {
      return { pages, rows };
    }
  }
}
