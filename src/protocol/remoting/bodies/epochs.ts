/** The epochs of a broker's log (1007): each leader's reign is one. */
import { asObject, asText64, integer, list, optionalText, parseObject } from "../json-members.ts";

export interface BrokerEpochs {
  readonly clusterName: string | undefined;
  readonly brokerName: string | undefined;
  readonly brokerId: number;
  readonly maxOffset: number;
  readonly epochs: readonly {
    readonly epoch: number;
    readonly startOffset: number;
    /** Java's largest long while the epoch lasts. */
    readonly endOffset: string;
  }[];
}

export function decodeBrokerEpochs(source: Buffer, start: number, end: number): BrokerEpochs {
  const object = parseObject(source, start, end);
  return {
    clusterName: optionalText(object, "clusterName"),
    brokerName: optionalText(object, "brokerName"),
    brokerId: integer(object, "brokerId", 0),
    maxOffset: integer(object, "maxOffset", 0),
    epochs: list(object, "epochList").map((each) => {
      const entry = asObject(each, "an epoch");
      return {
        epoch: integer(entry, "epoch"),
        startOffset: integer(entry, "startOffset"),
        endOffset: asText64(entry.get("endOffset"), "endOffset"),
      };
    }),
  };
}
