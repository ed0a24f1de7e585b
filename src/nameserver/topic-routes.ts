/**
 * Which broker names serve which topic, with how many queues and what permission. Knows no addresses. What a broker
 * tells of a static topic (its queue mapping) is kept as the text it came in: only clients read it.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";

export const permWrite = 2;
export const permRead = 4;

/** Bits of topicSysFlag. */
export const unitFlag = 1;
export const unitSubFlag = 2;

export interface TopicConfig {
  readonly topic: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

export interface QueueRoute {
  readonly brokerName: string;
  readonly readQueueCount: number;
  readonly writeQueueCount: number;
  readonly perm: number;
  readonly topicSysFlag: number;
}

export class TopicRoutes {
  /** By topic, then broker name. */
  readonly #topics = new Map<string, Map<string, QueueRoute>>();
  /** JSON text by topic, then broker name. */
  readonly #mappings = new Map<string, Map<string, string>>();
  #routeCount = 0;
  #mappingCount = 0;

  get count(): number {
    return this.#topics.size;
  }

  names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** By broker name; undefined when nobody serves the topic. */
  get(topic: string): ReadonlyMap<string, QueueRoute> | undefined {
    return this.#topics.get(topic);
  }

  mappingsOf(topic: string): ReadonlyMap<string, string> | undefined {
    return this.#mappings.get(topic);
  }

  isServedBy(topic: string, brokerName: string): boolean {
    return this.#topics.get(topic)?.has(brokerName) === true;
  }

  /** Topics that pass the test for the first of their brokers, as RocketMQ looks at them. */
  namesByFlag(isWanted: (topicSysFlag: number) => boolean): readonly string[] {
    return this.names().filter((topic) => {
      const first = this.#topics.get(topic)?.values().next().value;
      return first !== undefined && isWanted(first.topicSysFlag);
    });
  }

  namesServedBy(brokerNames: ReadonlySet<string>): readonly string[] {
    return this.names().filter((topic) => {
      for (const brokerName of this.#topics.get(topic)?.keys() ?? []) {
        if (brokerNames.has(brokerName)) {
          return true;
        }
      }
      return false;
    });
  }

  /**
   * Throws MqError `broker_busy` when a broker's topics and mappings would exceed what a nameserver knows: before the
   * first of them is entered, so that a registration counts whole or not at all.
   */
  checkRoom(brokerName: string, topics: Iterable<string>, mappings: Iterable<string> = []): void {
    let newTopics = 0;
    let newRoutes = 0;
    for (const topic of topics) {
      const queues = this.#topics.get(topic);
      newTopics += queues === undefined ? 1 : 0;
      newRoutes += queues?.has(brokerName) === true ? 0 : 1;
    }
    let newMappings = 0;
    for (const topic of mappings) {
      newMappings += this.#mappings.get(topic)?.has(brokerName) === true ? 0 : 1;
    }
    refuseBeyond(this.#topics.size + newTopics, limits.nameserverTopicsMax, "topics");
    refuseBeyond(this.#routeCount + newRoutes, limits.nameserverRoutesMax, "routes of topics");
    refuseBeyond(this.#mappingCount + newMappings, limits.nameserverMappingsMax, "queue mappings");
  }

  set(topic: string, route: QueueRoute): void {
    let queues = this.#topics.get(topic);
    if (queues === undefined) {
      queues = new Map();
      this.#topics.set(topic, queues);
    }
    this.#routeCount += queues.has(route.brokerName) ? 0 : 1;
    queues.set(route.brokerName, route);
  }

  setMapping(topic: string, brokerName: string, text: string): void {
    let mappings = this.#mappings.get(topic);
    if (mappings === undefined) {
      mappings = new Map();
      this.#mappings.set(topic, mappings);
    }
    this.#mappingCount += mappings.has(brokerName) ? 0 : 1;
    mappings.set(brokerName, text);
  }

  /** Changes the permission of all topics of a broker; returns how many it serves. */
  changePerm(brokerName: string, change: (perm: number) => number): number {
    let count = 0;
    for (const queues of this.#topics.values()) {
      const route = queues.get(brokerName);
      if (route !== undefined) {
        queues.set(brokerName, { ...route, perm: change(route.perm) });
        count++;
      }
    }
    return count;
  }

  /** Forgets a topic, of some brokers or of all. */
  remove(topic: string, brokerNames?: Iterable<string>): void {
    const names = brokerNames ?? [...(this.#topics.get(topic)?.keys() ?? [])];
    for (const brokerName of names) {
      this.#removeOne(topic, brokerName);
    }
  }

  removeBroker(brokerName: string): void {
    for (const topic of [...this.#topics.keys(), ...this.#mappings.keys()]) {
      this.#removeOne(topic, brokerName);
    }
  }

  #removeOne(topic: string, brokerName: string): void {
    const queues = this.#topics.get(topic);
    if (queues?.delete(brokerName) === true) {
      this.#routeCount--;
      if (queues.size === 0) {
        this.#topics.delete(topic);
      }
    }
    const mappings = this.#mappings.get(topic);
    if (mappings?.delete(brokerName) === true) {
      this.#mappingCount--;
      if (mappings.size === 0) {
        this.#mappings.delete(topic);
      }
    }
  }
}

function refuseBeyond(count: number, countMax: number, what: string): void {
  if (count > countMax) {
    throw new MqError("broker_busy", `a nameserver knows at most ${countMax} ${what}`);
  }
}
