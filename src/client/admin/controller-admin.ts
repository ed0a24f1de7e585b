/** RocketMQ's controllers, which choose the leaders of brokers, and the brokers that follow one. */
import type { Clock } from "../../io/clock.ts";
import { type BrokerEpochs, decodeBrokerEpochs } from "../../protocol/remoting/bodies/epochs.ts";
import { decodeSyncStates, type SyncState } from "../../protocol/remoting/bodies/sync-state.ts";
import { encodeJson } from "../../protocol/remoting/json.ts";
import { asInteger, asText, parseObject, table } from "../../protocol/remoting/json-members.ts";
import {
  decodePropertiesText,
  encodePropertiesText,
} from "../../protocol/remoting/properties-text.ts";
import {
  cleanBrokerData,
  electMaster,
  getBrokerEpochs,
  getControllerConfig,
  getControllerMetadata,
  getSyncState,
  updateControllerConfig,
} from "../../protocol/remoting/requests/controller.ts";
import type { ConnectionPool } from "../connection-pool.ts";
import { ClientError } from "../errors.ts";

export interface ControllerMetadata {
  readonly group: string | undefined;
  readonly leaderId: string | undefined;
  /** `host:port`; empty or undefined while there is none. */
  readonly leaderAddress: string | undefined;
  /** `id:host:port` each. */
  readonly peers: readonly string[];
}

export interface Election {
  readonly leaderAddress: string | undefined;
  readonly leaderEpoch: number | undefined;
  readonly syncStateEpoch: number | undefined;
  /** Addresses by broker id, where the controller tells them. */
  readonly addresses: ReadonlyMap<number, string>;
}

/** Every address is one controller's; what only their leader answers is asked of that one. Methods throw ClientError. */
export class ControllerAdmin {
  readonly #pool: ConnectionPool;
  readonly #clock: Clock;

  constructor(pool: ConnectionPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  async metadata(address: string): Promise<ControllerMetadata> {
    const { fields } = await this.#pool.ask(address, {
      code: getControllerMetadata.code,
      fields: [],
    });
    const reply = getControllerMetadata.decodeReply(fields);
    return {
      group: reply.group,
      leaderId: reply.controllerLeaderId,
      leaderAddress: reply.controllerLeaderAddress,
      peers: (reply.peers ?? "").split(";").filter((peer) => peer !== ""),
    };
  }

  /** Of these brokers, in the order of the answer. */
  async syncStates(address: string, brokerNames: readonly string[]): Promise<readonly SyncState[]> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(await this.#leader(address), {
      code: getSyncState.code,
      fields: [],
      body: encodeJson(brokerNames),
    });
    return decodeSyncStates(source, bodyStart, bodyEnd);
  }

  /** Makes the replica the leader. Refused when it is not in step, or leads already. */
  async elect(
    address: string,
    replica: {
      readonly clusterName: string;
      readonly brokerName: string;
      readonly brokerId: number;
    },
  ): Promise<Election> {
    const { fields, source, bodyStart, bodyEnd } = await this.#pool.ask(
      await this.#leader(address),
      {
        code: electMaster.code,
        fields: electMaster.encode({
          ...replica,
          designateElect: true,
          invokeTime: this.#clock.nowMs(),
        }),
      },
    );
    const reply = electMaster.decodeReply(fields);
    const body = bodyStart === bodyEnd ? new Map() : parseObject(source, bodyStart, bodyEnd);
    // Controllers put the group below a member of its name; the official tool looks for it in the body itself.
    const group = body.has("brokerMemberGroup") ? table(body, "brokerMemberGroup") : body;
    const addresses = table(group, "brokerAddrs");
    return {
      leaderAddress: reply.masterAddress,
      leaderEpoch: reply.masterEpoch,
      syncStateEpoch: reply.syncStateSetEpoch,
      addresses: new Map(
        [...addresses].map(([id, text]) => [asInteger(id, "a broker's id"), asText(text, id)]),
      ),
    };
  }

  /**
   * Makes the controllers forget replicas of a broker, or all of them. Those that live are forgotten only when told;
   * without that the cluster's name is needed.
   */
  async forget(
    address: string,
    broker: {
      readonly clusterName: string | undefined;
      readonly brokerName: string;
      readonly brokerIds: readonly number[] | undefined;
      readonly alsoLiving: boolean;
    },
  ): Promise<void> {
    await this.#pool.ask(await this.#leader(address), {
      code: cleanBrokerData.code,
      fields: cleanBrokerData.encode({
        clusterName: broker.clusterName,
        brokerName: broker.brokerName,
        brokerControllerIdsToClean: broker.brokerIds?.join(";"),
        isCleanLivingBroker: broker.alsoLiving,
        invokeTime: this.#clock.nowMs(),
      }),
    });
  }

  /** Settings by name, in the order in which the controller tells them. */
  async config(address: string): Promise<ReadonlyMap<string, string>> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(address, {
      code: getControllerConfig.code,
      fields: [],
    });
    return decodePropertiesText(source, bodyStart, bodyEnd);
  }

  async setConfig(address: string, settings: ReadonlyMap<string, string>): Promise<void> {
    await this.#pool.ask(address, {
      code: updateControllerConfig.code,
      fields: [],
      body: encodePropertiesText(settings),
    });
  }

  /** Of one broker's log, asked of the broker. */
  async epochs(broker: string): Promise<BrokerEpochs> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(broker, {
      code: getBrokerEpochs.code,
      fields: [],
    });
    return decodeBrokerEpochs(source, bodyStart, bodyEnd);
  }

  async #leader(address: string): Promise<string> {
    const { leaderAddress } = await this.metadata(address);
    if (leaderAddress === undefined || leaderAddress === "") {
      throw new ClientError("refused", `${address} knows no leader of the controllers`);
    }
    return leaderAddress;
  }
}
