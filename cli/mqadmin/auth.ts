/** What the subcommands for users and access rules have in common. */
import type { Acl, User } from "../../src/client/index.ts";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { type AdminOption, option, required } from "./option.ts";
import type { Printer } from "./printer.ts";
import { lacks, needs } from "./rocketmq-only.ts";
import type { AdminCall, Subcommand } from "./subcommand.ts";
import { chosenReplicas } from "./targets.ts";
import { listText, parts } from "./values.ts";

/** One of both must be there. */
export function whereOptions(ofCluster: string): readonly AdminOption[] {
  return [
    option("c", "clusterName", ofCluster, { oneOf: "where" }),
    option("b", "brokerAddr", "one broker, HOST:PORT", { oneOf: "where" }),
  ];
}

/** Does something at each broker that was chosen, and says so: `VERB NOUN to ADDRESS success.`. */
export async function atEachBroker(
  call: AdminCall,
  what: string,
  act: (broker: string) => Promise<void>,
): Promise<undefined> {
  for (const broker of await chosenReplicas(call)) {
    await act(broker);
    call.printer.item({ broker });
    call.printer.print(`${what} to %s success.%n`, broker);
  }
  return undefined;
}

const userRow = "%-16s  %-22s  %-22s  %-22s%n";

export function printUsers(printer: Printer, broker: string, users: readonly User[]): void {
  printer.print(userRow, "#UserName", "#Password", "#UserType", "#UserStatus");
  for (const user of users) {
    printer.item({ broker, ...user });
    printer.print(userRow, user.username, user.password, user.userType, user.userStatus);
  }
}

const aclRow = "%-16s  %-10s  %-22s  %-20s  %-24s  %-10s%n";

export function printAcls(printer: Printer, broker: string, acls: readonly Acl[]): void {
  printer.print(
    aclRow,
    ...["#Subject", "#PolicyType", "#Resource", "#Actions", "#SourceIp", "#Decision"],
  );
  for (const acl of acls) {
    printer.item({ broker, ...acl });
    if (acl.policies.length === 0) {
      printer.print(aclRow, acl.subject, "", "", "", "", "");
    }
    for (const { policyType, entries } of acl.policies) {
      for (const { resource, actions, sourceIps, decision } of entries) {
        printer.print(
          aclRow,
          ...[acl.subject, policyType, resource, listText(actions), listText(sourceIps), decision],
        );
      }
    }
  }
}

/** `createAcl` and `updateAcl`, which differ in what a broker does with rules that are there. */
export function aclChange(change: "create" | "update"): Subcommand {
  return {
    options: [
      ...whereOptions("all brokers of a cluster, replicas too"),
      required("s", "subject", "whom the rule is for: User:NAME"),
      required(
        "r",
        "resources",
        "what it is about: Topic:NAME, Group:NAME, Cluster:NAME; commas between them",
      ),
      required(
        "a",
        "actions",
        "what may be done: Pub, Sub, Create, Update, Delete, Get, List, All; commas between them",
      ),
      option("i", "sourceIp", "from where: addresses or networks, commas between them"),
      required("d", "decision", "Allow or Deny"),
    ],
    spelling: () => undefined,
    run: needs(lacks.rules, async (call) => {
      const { client, line } = call;
      const list = (key: string) => parts(line.text(key), ",");
      const entries = list("r").map((resource) => ({
        resource,
        actions: list("a"),
        sourceIps: line.has("i") ? list("i") : undefined,
        decision: line.text("d"),
      }));
      const acl = { subject: line.text("s"), policies: [{ entries }] };
      return await atEachBroker(call, `${change} acl`, (broker) =>
        client.admin.auth.setAcl(broker, change, acl),
      );
    }),
  };
}

/** A name that nobody has: the official tool prints nothing. */
export function nobody(what: string, where: string): CommandError {
  return new CommandError("MQ-E-NOTFOUND", exitCode.notFound, `${where} has no ${what}`);
}

/**
 * Copies what was named, or all, from one broker to another: what the target has already is replaced. Throws
 * CommandError for names that the source does not have, after all others were copied.
 */
export async function copyBetween<T>(
  { line, printer }: AdminCall,
  ways: {
    /** Singular, as the official tool says it. */
    readonly what: "user" | "acl";
    /** The option with the names. */
    readonly names: string;
    readonly one: (broker: string, name: string) => Promise<T | undefined>;
    readonly all: (broker: string) => Promise<readonly T[]>;
    readonly nameOf: (item: T) => string | undefined;
    readonly set: (broker: string, change: "create" | "update", item: T) => Promise<void>;
  },
): Promise<undefined> {
  const [from, to] = [line.text("f"), line.text("t")];
  const names = parts(line.text(ways.names), ",");
  const missing: string[] = [];
  const items: T[] = [];
  for (const name of names) {
    const found = await ways.one(from, name);
    if (found === undefined) {
      missing.push(name);
    } else {
      items.push(found);
    }
  }
  for (const item of names.length === 0 ? await ways.all(from) : items) {
    const name = ways.nameOf(item) ?? "";
    const isThere = (await ways.one(to, name)) !== undefined;
    await ways.set(to, isThere ? "update" : "create", item);
    printer.item({ name, from, to });
    printer.print(`copy ${ways.what} of %s from %s to %s success.%n`, name, from, to);
  }
  if (missing.length > 0) {
    printer.flush();
    throw nobody(`${ways.what} '${missing.join("', '")}'`, from);
  }
  return undefined;
}
