/** Lite topics of RocketMQ 5.5, as one broker has them. */
import {
  decodeLiteBroker,
  decodeLiteClient,
  decodeLiteGroup,
  decodeLiteParent,
  decodeLiteTopic,
  type LiteBroker,
  type LiteClient,
  type LiteGroup,
  type LiteParent,
  type LiteTopic,
} from "../../protocol/remoting/bodies/lite.ts";
import type { Command } from "../../protocol/remoting/command.ts";
import {
  getBrokerLiteInfo,
  getLiteClientInfo,
  getLiteGroupInfo,
  getLiteTopicInfo,
  getParentTopicInfo,
  triggerLiteDispatch,
} from "../../protocol/remoting/requests/lite.ts";
import type { ConnectionPool } from "../connection-pool.ts";

/** More lite topics of a client are counted, not named. */
const namedTopicsMax = 1_000;

/** Every method throws ClientError; a broker without lite topics refuses with code 3. */
export class LiteAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  async broker(address: string): Promise<LiteBroker> {
    return await this.#asked(address, getBrokerLiteInfo.code, [], decodeLiteBroker);
  }

  async parent(address: string, topic: string): Promise<LiteParent> {
    const fields = getParentTopicInfo.encode({ topic });
    return await this.#asked(address, getParentTopicInfo.code, fields, decodeLiteParent);
  }

  async topic(
    address: string,
    names: { readonly parentTopic: string; readonly liteTopic: string },
  ): Promise<LiteTopic> {
    const fields = getLiteTopicInfo.encode(names);
    return await this.#asked(address, getLiteTopicInfo.code, fields, decodeLiteTopic);
  }

  async client(
    address: string,
    names: { readonly parentTopic: string; readonly group: string; readonly clientId: string },
  ): Promise<LiteClient> {
    const fields = getLiteClientInfo.encode({ ...names, maxCount: namedTopicsMax });
    return await this.#asked(address, getLiteClientInfo.code, fields, decodeLiteClient);
  }

  /** How far a group is behind, on one lite topic or on the `topK` where that is most. */
  async group(
    address: string,
    asked: {
      readonly group: string;
      readonly liteTopic: string | undefined;
      readonly topK: number;
    },
  ): Promise<LiteGroup> {
    const fields = getLiteGroupInfo.encode(asked);
    return await this.#asked(address, getLiteGroupInfo.code, fields, decodeLiteGroup);
  }

  /** Wakes the members of a group, or one of them, as if every lite topic of theirs had a message. */
  async dispatch(address: string, group: string, clientId: string | undefined): Promise<void> {
    await this.#pool.ask(address, {
      code: triggerLiteDispatch.code,
      fields: triggerLiteDispatch.encode({ group, clientId }),
    });
  }

  async #asked<T>(
    address: string,
    code: number,
    fields: Iterable<readonly [string, string]>,
    decode: (source: Buffer, start: number, end: number) => T,
  ): Promise<T> {
    const reply: Command = await this.#pool.ask(address, { code, fields });
    return decode(reply.source, reply.bodyStart, reply.bodyEnd);
  }
}
