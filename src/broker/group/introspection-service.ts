/**
 * Looking into connected consumers (remoting 5, 7.3): questions of operators are handed on as they came, and so are
 * the answers; each language writes its own a little differently.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { MessageStore } from "../../store/message-store.ts";
import type { ClientAnswer, ClientQuestion } from "../ports.ts";
import type { TopicTable } from "../topic/topic-table.ts";
import type { GroupTable } from "./group-table.ts";
import type { Member, MemberTable } from "./member-table.ts";

/** Versions of clients, as RocketMQ counts them, from which they know a question. */
const versionsNeeded = { status: 28, runningInfo: 62 } as const;

/** The record of a message that one consumer shall take now, and what the broker adds for it. */
export interface DirectMessage {
  readonly record: Buffer;
  readonly topicSysFlag: number;
  readonly groupSysFlag: number;
}

export class IntrospectionService {
  readonly #store: MessageStore;
  readonly #topics: TopicTable;
  readonly #groups: GroupTable;
  readonly #members: MemberTable;

  constructor(parts: {
    readonly store: MessageStore;
    readonly topics: TopicTable;
    readonly groups: GroupTable;
    readonly members: MemberTable;
  }) {
    this.#store = parts.store;
    this.#topics = parts.topics;
    this.#groups = parts.groups;
    this.#members = parts.members;
  }

  /** One member's answer. Throws MqError `bad_request` when it is not there or too old, and as its channel does. */
  async ask(group: string, clientId: string, question: ClientQuestion): Promise<ClientAnswer> {
    const member = this.#members.find(group)?.members.get(clientId);
    if (member === undefined) {
      throw new MqError("bad_request", `The Consumer <${group}> <${clientId}> not online`);
    }
    checkVersion(member, versionsNeeded.runningInfo);
    return await member.channel.ask(question, limits.clientAnswerMs);
  }

  /**
   * What each member answers, or one of them, by client id. Those that do not answer are left out, as RocketMQ does.
   * Throws MqError `bad_request` when nobody is there, or when one is too old to be asked.
   */
  async askAll(
    group: string,
    clientId: string,
    question: ClientQuestion,
  ): Promise<ReadonlyMap<string, ClientAnswer>> {
    const live = this.#members.find(group);
    const wanted = [...(live?.members.values() ?? [])].filter(
      (member) => clientId === "" || member.clientId === clientId,
    );
    if (live === undefined) {
      throw new MqError("bad_request", `No Any Consumer online in the consumer group: [${group}]`);
    }
    for (const member of wanted) {
      checkVersion(member, versionsNeeded.status);
    }
    const answers = new Map<string, ClientAnswer>();
    const asked = wanted.map(async (member) => {
      answers.set(member.clientId, await member.channel.ask(question, limits.clientStatusMs));
    });
    await Promise.allSettled(asked);
    return answers;
  }

  /** The record at a place in the log, for a consumer to take now. Throws MqError `bad_request` without one. */
  async directMessage(
    physicalOffset: number,
    topic: string,
    group: string,
  ): Promise<DirectMessage> {
    const record = await this.#store.recordAt(physicalOffset);
    if (record === undefined) {
      throw new MqError("bad_request", `no message begins at ${physicalOffset} in the log`);
    }
    return {
      record,
      topicSysFlag: this.#topics.find(topic)?.config.topicSysFlag ?? 0,
      groupSysFlag: this.#groups.find(group)?.config.groupSysFlag ?? 0,
    };
  }
}

function checkVersion(member: Member, needed: number): void {
  if (member.version < needed) {
    throw new MqError(
      "bad_request",
      `the client ${member.clientId} is too old to be asked: version ${member.version}, ${needed} is needed`,
    );
  }
}
