/** Access rules of a broker (3006 to 3010): what a subject may do with which resources, from where. */
import { encodeJson, type JsonObject, type JsonValue, parseJson } from "../json.ts";
import {
  asList,
  asObject,
  list,
  objectOf,
  optionalText,
  optionalTexts,
  parseObject,
} from "../json-members.ts";

export interface AclEntry {
  /** `Topic:orders`, `Group:*` and the like. */
  readonly resource?: string | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly sourceIps?: readonly string[] | undefined;
  /** `Allow` or `Deny`. */
  readonly decision?: string | undefined;
}

export interface AclPolicy {
  /** `Custom` or `Default`. */
  readonly policyType?: string | undefined;
  readonly entries: readonly AclEntry[];
}

export interface Acl {
  /** `User:alice`. */
  readonly subject: string | undefined;
  readonly policies: readonly AclPolicy[];
}

export function encodeAcl(acl: Acl): Buffer {
  const entries = (policy: AclPolicy): readonly JsonValue[] =>
    policy.entries.map((entry) =>
      objectOf([
        ["actions", entry.actions],
        ["decision", entry.decision],
        ["resource", entry.resource],
        ["sourceIps", entry.sourceIps],
      ]),
    );
  const policies = acl.policies.map((policy) =>
    objectOf([
      ["entries", entries(policy)],
      ["policyType", policy.policyType],
    ]),
  );
  return encodeJson(
    objectOf([
      ["policies", policies],
      ["subject", acl.subject],
    ]),
  );
}

export function decodeAcl(source: Buffer, start: number, end: number): Acl {
  return aclOf(parseObject(source, start, end));
}

export function decodeAcls(source: Buffer, start: number, end: number): readonly Acl[] {
  return asList(parseJson(source, start, end), "the body").map((each) =>
    aclOf(asObject(each, "an access rule")),
  );
}

function aclOf(object: JsonObject): Acl {
  return {
    subject: optionalText(object, "subject"),
    policies: list(object, "policies").map((each) => {
      const policy = asObject(each, "a policy");
      return {
        policyType: optionalText(policy, "policyType"),
        entries: list(policy, "entries").map((entry) => entryOf(asObject(entry, "an entry"))),
      };
    }),
  };
}

function entryOf(object: JsonObject): AclEntry {
  return {
    resource: optionalText(object, "resource"),
    actions: optionalTexts(object, "actions"),
    sourceIps: optionalTexts(object, "sourceIps"),
    decision: optionalText(object, "decision"),
  };
}
