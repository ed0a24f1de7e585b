/** Users of a broker (3001 to 3005). */
import { encodeJson, type JsonObject, parseJson } from "../json.ts";
import { asList, asObject, objectOf, optionalText, parseObject } from "../json-members.ts";

export interface User {
  readonly username: string | undefined;
  /** As the broker has it, in plain text. */
  readonly password?: string | undefined;
  /** `Super` or `Normal`. */
  readonly userType?: string | undefined;
  /** `enable` or `disable`. */
  readonly userStatus?: string | undefined;
}

/** What is undefined stays as the broker has it. */
export function encodeUser(user: User): Buffer {
  return encodeJson(
    objectOf([
      ["password", user.password],
      ["userStatus", user.userStatus],
      ["userType", user.userType],
      ["username", user.username],
    ]),
  );
}

export function decodeUser(source: Buffer, start: number, end: number): User {
  return userOf(parseObject(source, start, end));
}

export function decodeUsers(source: Buffer, start: number, end: number): readonly User[] {
  return asList(parseJson(source, start, end), "the body").map((each) =>
    userOf(asObject(each, "a user")),
  );
}

function userOf(object: JsonObject): User {
  return {
    username: optionalText(object, "username"),
    password: optionalText(object, "password"),
    userType: optionalText(object, "userType"),
    userStatus: optionalText(object, "userStatus"),
  };
}
