/**
 * Members of a shared group: they join by heartbeat, stay, leave with or without a word, and ask who else is
 * there. Written against the wire's own definitions, as the product's client has no push consumer yet.
 */
import { ConnectionPool } from "../../src/client/connection-pool.ts";
import { ClientError } from "../../src/client/index.ts";
import { decodeConsumerList } from "../../src/protocol/remoting/bodies/consumer-list.ts";
import { encodeHeartbeat } from "../../src/protocol/remoting/bodies/heartbeat.ts";
import {
  getConsumerList,
  heartBeat,
  notifyConsumerIdsChanged,
  unregisterClient,
} from "../../src/protocol/remoting/requests/member.ts";
import { responseCode } from "../../src/protocol/remoting/response-code.ts";
import type { Kernel } from "./kernel.ts";
import { attempt, type ClientProcess, topicName, wait } from "./workload.ts";

const sharedGroup = "shared-group";

/** Who means to be in the group now: what brokers must agree on at the end. */
export type Membership = Set<string>;

export interface MemberOptions {
  readonly kernel: Kernel;
  readonly process: ClientProcess;
  readonly clientId: string;
  readonly membership: Membership;
}

function brokerAddresses({ plan }: ClientProcess): readonly string[] {
  return Array.from({ length: plan.brokerCount }, (_, index) => `127.0.0.1:${10_911 + 10 * index}`);
}

/** Joins and leaves while the load lasts; afterwards stays, or has left for good. */
export async function beMember(options: MemberOptions): Promise<void> {
  const { kernel, process, clientId, membership } = options;
  const { environment, random, isLoading } = process;
  const pool = new ConnectionPool({ environment, timeoutMs: 1_000 });
  pool.onServerRequest((command) => {
    if (command.code === notifyConsumerIdsChanged.code) {
      kernel.reached("members changed notice");
    }
  });
  const isStaying = random.chance(0.6);
  for (;;) {
    membership.add(clientId);
    const rounds = 1 + random.below(8);
    for (let round = 0; isLoading() ? round < rounds : isStaying; round++) {
      await beat(process, pool, clientId);
      await wait(process, random.between(200, 4_000));
    }
    if (isStaying && !isLoading()) {
      continue;
    }
    membership.delete(clientId);
    await leave(process, pool, clientId);
    if (!isLoading()) {
      await pool.close();
      return;
    }
    await wait(process, random.between(10, 3_000));
  }
}

async function beat(process: ClientProcess, pool: ConnectionPool, clientId: string): Promise<void> {
  const body = encodeHeartbeat({
    clientId,
    producerGroups: [],
    consumers: [
      {
        group: sharedGroup,
        consumeType: "CONSUME_PASSIVELY",
        messageModel: "CLUSTERING",
        consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
        unitMode: false,
        subscriptions: [
          {
            topic: topicName(0),
            expression: "*",
            expressionType: "TAG",
            tags: [],
            tagHashes: [],
            subVersion: "1",
            classFilterMode: false,
          },
        ],
      },
    ],
    fingerprint: 0,
    withoutSubscriptions: false,
  });
  for (const address of brokerAddresses(process)) {
    await attempt(() => pool.ask(address, { code: heartBeat.code, fields: [], body }));
  }
}

async function leave(
  process: ClientProcess,
  pool: ConnectionPool,
  clientId: string,
): Promise<void> {
  const fields = unregisterClient.encode({ clientId, consumerGroup: sharedGroup });
  for (const address of brokerAddresses(process)) {
    await attempt(() => pool.ask(address, { code: unregisterClient.code, fields }));
  }
}

/** The members that each broker knows, sorted; undefined when it does not answer. */
export async function listMembers(
  process: ClientProcess,
): Promise<readonly (readonly string[] | undefined)[]> {
  const pool = new ConnectionPool({ environment: process.environment, timeoutMs: 1_000 });
  const lists: (readonly string[] | undefined)[] = [];
  for (const address of brokerAddresses(process)) {
    const fields = getConsumerList.encode({ consumerGroup: sharedGroup });
    const reply = await attempt(() => pool.invoke(address, { code: getConsumerList.code, fields }));
    if (reply instanceof ClientError) {
      lists.push(undefined);
    } else if (reply.code === responseCode.success) {
      const list = decodeConsumerList(reply.source, reply.bodyStart, reply.bodyEnd);
      lists.push([...list].sort());
    } else {
      lists.push([]);
    }
  }
  await pool.close();
  return lists;
}
