/** `mq check cert`: how long the certificates of TLS servers last. */

import { parseAddress, timeoutMsDefault } from "../../../src/client/index.ts";
import { readHostPort } from "../../../src/core/host-port.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { Certificate } from "../../../src/io/certificates.ts";
import { NetworkError } from "../../../src/io/network.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { notFound, usageError } from "../../command-error.ts";
import { flag, text, wholeNumber } from "../../flag.ts";
import { formatTime } from "../../render/time.ts";
import { readTextFile } from "../../text-file.ts";
import { allBrokers } from "../cluster/all-brokers.ts";
import {
  type CheckResult,
  type CheckStatus,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
  worst,
} from "./result.ts";

const dayMs = 86_400_000;

const flagShape = {
  ...checkFlags,
  file: flag(text(1).optional(), {
    about: "a PEM file of this machine instead of servers",
    value: "FILE",
  }),
  ca: flag(text(1).optional(), {
    about: "a PEM file of authorities: critical when none of them vouches for a server",
    value: "FILE",
  }),
  host: flag(text(1).optional(), {
    about: "critical when a certificate is not for this name or address",
    value: "NAME",
  }),
  warn: flag(wholeNumber(0).default(30), {
    about: "warning below so many days (30)",
    value: "DAYS",
  }),
  crit: flag(wholeNumber(0).default(7), {
    about: "critical below so many days (7)",
    value: "DAYS",
  }),
} as const;

export const command = defineCommand({
  spec: {
    path: ["check", "cert"],
    summary: "tell whether certificates of TLS servers last",
    description:
      "Shakes hands with each server and looks when the first certificate of what it presents runs out. Without servers:\nthe nameservers, and the brokers that they name. RocketMQ speaks TLS on its usual ports, mq does not. Exit code 0 ok,\n1 warning, 2 critical, 3 unknown, also when a server speaks no TLS.",
    arguments: [
      { name: "SERVER", about: "HOST:PORT of a TLS server", isOptional: true, isMany: true },
    ],
    flags: flagShape,
    output: checkSchema,
    examples: [
      "mq check cert 10.0.3.5:10911 10.0.3.6:10911 --warn 30 --crit 7",
      "mq check cert --ca /etc/rocketmq/ca.pem --format prometheus",
      "mq check cert --file /etc/rocketmq/server.pem",
    ],
  },
  async run(context, { arguments: named, flags }) {
    const { file } = flags;
    if (file !== undefined && (named.length > 0 || (flags.ca ?? flags.host) !== undefined)) {
      throw usageError("--file takes no servers, no --ca and no --host", "it looks at dates only");
    }
    if (flags.crit > flags.warn) {
      throw usageError(
        `--crit ${flags.crit} is above --warn ${flags.warn}`,
        "fewer days are worse",
      );
    }
    const servers = named.filter((word) => word !== "");
    for (const server of servers) {
      if (readHostPort(server) === undefined) {
        throw usageError(`'${server}' is no HOST:PORT`, "mq check cert 10.0.3.5:10911");
      }
    }
    const authorities = flags.ca === undefined ? undefined : pemAt(context, "--ca", flags.ca);
    const pem = file === undefined ? undefined : pemAt(context, "--file", file);
    const options = {
      check: "cert",
      subject: file ?? (servers.length === 0 ? "all servers" : servers.join(",")),
      format: flags.format,
      whenUnreachable: "unknown",
    } as const;
    return await runCheck(context, options, async () => {
      if (pem !== undefined) {
        const chain = await context.certificates.parse(pem);
        return judge(context, options.subject, flags, [{ name: options.subject, chain }]);
      }
      const asked = servers.length > 0 ? servers : await everyServer(context);
      const found = await inParallel(asked, (name) =>
        looked(context, name, { authorities, name: flags.host }),
      );
      return judge(context, options.subject, flags, found);
    });
  },
});

interface Looked {
  readonly name: string;
  readonly chain: readonly Certificate[];
  readonly doubt?: string | undefined;
  /** Why nothing was seen. */
  readonly failure?: string;
}

async function everyServer(context: CommandContext): Promise<readonly string[]> {
  const { cluster } = context.client().admin;
  const brokers = allBrokers(await cluster.describe()).map(({ address }) => address);
  return [...new Set([...cluster.nameservers, ...brokers])];
}

async function looked(
  { certificates, profile, global, signal }: CommandContext,
  name: string,
  wanted: { readonly authorities: string | undefined; readonly name: string | undefined },
): Promise<Looked> {
  const address = parseAddress(profile.profile.rewrite?.[name] ?? name);
  try {
    const options = { ...wanted, timeoutMs: global.timeout ?? timeoutMsDefault, signal };
    return { name, ...(await certificates.presentedBy(address, options)) };
  } catch (error) {
    if (!(error instanceof NetworkError)) {
      throw error;
    }
    return { name, chain: [], failure: error.message };
  }
}

function judge(
  { environment }: CommandContext,
  subject: string,
  { warn, crit }: { readonly warn: number; readonly crit: number },
  found: readonly Looked[],
): CheckResult {
  const nowMs = environment.clock.nowMs();
  const seen = found.flatMap(({ name, chain, doubt }) => {
    const first = soonest(chain);
    if (first === undefined) {
      return [];
    }
    const days = Math.floor((first.validToMs - nowMs) / dayMs);
    const bounds = { warn, crit, isWorseBelow: true };
    const figure: Figure = { name: "days", server: name, value: days, unit: "", ...bounds };
    return [{ name, first, days, doubt: doubt ?? earlyDoubt(chain, nowMs), figure }];
  });
  const unseen = found.filter(({ chain }) => chain.length === 0);
  const figures = seen.map(({ figure }) => figure);
  const [next] = seen.toSorted((left, right) => left.days - right.days);
  const doubts = seen.flatMap(({ name, doubt }) =>
    doubt === undefined ? [] : [`${name}: ${doubt}`],
  );
  const statuses: readonly CheckStatus[] = [
    statusOf(figures),
    doubts.length > 0 ? "critical" : "ok",
    unseen.length > 0 ? "unknown" : "ok",
  ];
  const parts = [
    ...(next === undefined ? [] : [lastingText(next.first, next.days, next.name, seen.length)]),
    ...doubts,
    ...unseen.map(({ failure, name }) => failure ?? `${name} has no certificate`),
  ];
  return { status: worst(statuses), subject, message: parts.join("; "), figures };
}

function soonest(chain: readonly Certificate[]): Certificate | undefined {
  return chain.toSorted((left, right) => left.validToMs - right.validToMs)[0];
}

/** Clients refuse a certificate before its time as they do after it. */
function earlyDoubt(chain: readonly Certificate[], nowMs: number): string | undefined {
  const early = chain.find(({ validFromMs }) => validFromMs > nowMs);
  return early && `${early.subject} is not valid before ${dateText(early.validFromMs)}`;
}

function dateText(timeMs: number): string {
  return formatTime(timeMs, true).slice(0, 10);
}

function lastingText(first: Certificate, days: number, name: string, count: number): string {
  const which = count === 1 ? first.subject : `${first.subject} at ${name}, the first of ${count},`;
  const end = dateText(first.validToMs);
  return days < 0 ? `${which} ran out on ${end}` : `${which} lasts ${days} days, until ${end}`;
}

function pemAt({ environment }: CommandContext, flagName: string, path: string): string {
  const pem = readTextFile(environment, path);
  if (pem === undefined) {
    throw notFound(`${flagName}: ${path} is not there`);
  }
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw usageError(
      `${flagName}: ${path} has no certificate`,
      "it wants PEM, as openssl writes it",
    );
  }
  return pem;
}
