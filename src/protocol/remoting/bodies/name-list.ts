/** Lists of names: topics (206, 224, 304, 305, 311 to 313, 343), and the groups that consume a topic (300). */
import { encodeJson } from "../json.ts";
import { objectOf, parseObject, texts } from "../json-members.ts";

/** With a broker's address where a broker names the topics of a group (343), and where there is one to ask (304). */
export function encodeTopicList(topics: readonly string[], brokerAddress?: string): Buffer {
  return encodeJson(
    objectOf([
      ["brokerAddr", brokerAddress],
      ["topicList", topics],
    ]),
  );
}

export function decodeTopicList(source: Buffer, start: number, end: number): readonly string[] {
  return texts(parseObject(source, start, end), "topicList");
}

export function encodeGroupList(groups: readonly string[]): Buffer {
  return encodeJson(objectOf([["groupList", groups]]));
}

export function decodeGroupList(source: Buffer, start: number, end: number): readonly string[] {
  return texts(parseObject(source, start, end), "groupList");
}
