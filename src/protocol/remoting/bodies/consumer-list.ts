/** The members of a consumer group (38), as client ids. */
import { encodeJson } from "../json.ts";
import { objectOf, parseObject, texts } from "../json-members.ts";

export function encodeConsumerList(clientIds: readonly string[]): Buffer {
  return encodeJson(objectOf([["consumerIdList", clientIds]]));
}

export function decodeConsumerList(source: Buffer, start: number, end: number): readonly string[] {
  return texts(parseObject(source, start, end), "consumerIdList");
}
