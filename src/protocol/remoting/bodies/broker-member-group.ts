/** The brokers of one name, leader and replicas (901). Broker ids are quoted: all readers of this body take that. */
import { encodeJson } from "../json.ts";
import { asObject, asText, objectOf, parseObject, table, text } from "../json-members.ts";

export interface BrokerMemberGroup {
  readonly clusterName: string;
  readonly brokerName: string;
  /** `host:port` by broker id; 0 is the leader. */
  readonly addresses: ReadonlyMap<number, string>;
}

export function encodeBrokerMemberGroup(group: BrokerMemberGroup): Buffer {
  const addresses = [...group.addresses].sort(([left], [right]) => left - right);
  return encodeJson(
    objectOf([
      [
        "brokerMemberGroup",
        objectOf([
          ["brokerAddrs", objectOf(addresses.map(([id, address]) => [String(id), address]))],
          ["brokerName", group.brokerName],
          ["cluster", group.clusterName],
        ]),
      ],
    ]),
  );
}

export function decodeBrokerMemberGroup(
  source: Buffer,
  start: number,
  end: number,
): BrokerMemberGroup {
  const object = asObject(
    parseObject(source, start, end).get("brokerMemberGroup"),
    "brokerMemberGroup",
  );
  return {
    clusterName: text(object, "cluster"),
    brokerName: text(object, "brokerName"),
    addresses: new Map(
      [...table(object, "brokerAddrs")].map(([id, address]) => [
        Number(id),
        asText(address, "a broker's address"),
      ]),
    ),
  };
}
