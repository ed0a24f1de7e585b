/** Users and access rules of one broker. RocketMQ 5.3 and later keep them; every broker its own. */
import { type Acl, decodeAcl, decodeAcls, encodeAcl } from "../../protocol/remoting/bodies/acl.ts";
import {
  decodeUser,
  decodeUsers,
  encodeUser,
  type User,
} from "../../protocol/remoting/bodies/user.ts";
import {
  createAcl,
  createUser,
  deleteAcl,
  deleteUser,
  getAcl,
  getUser,
  listAcls,
  listUsers,
  updateAcl,
  updateUser,
} from "../../protocol/remoting/requests/auth.ts";
import type { ConnectionPool } from "../connection-pool.ts";

type Change = "create" | "update";

/** Every method throws ClientError; a broker without users or rules refuses with code 3. */
export class AuthAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** Creating refuses a name that is there, updating one that is not; what is undefined stays as it is. */
  async setUser(address: string, change: Change, user: User): Promise<void> {
    const { code, encode } = change === "create" ? createUser : updateUser;
    const fields = encode({ username: user.username ?? "" });
    await this.#pool.ask(address, { code, fields, body: encodeUser(user) });
  }

  /** A user that is not there counts as deleted. */
  async deleteUser(address: string, username: string): Promise<void> {
    await this.#pool.ask(address, {
      code: deleteUser.code,
      fields: deleteUser.encode({ username }),
    });
  }

  /** Undefined when nobody has the name. */
  async user(address: string, username: string | undefined): Promise<User | undefined> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(address, {
      code: getUser.code,
      fields: getUser.encode({ username }),
    });
    return bodyStart === bodyEnd ? undefined : decodeUser(source, bodyStart, bodyEnd);
  }

  /** Those whose name contains the filter, in the broker's order. */
  async users(address: string, filter?: string): Promise<readonly User[]> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(address, {
      code: listUsers.code,
      fields: listUsers.encode({ filter }),
    });
    return bodyStart === bodyEnd ? [] : decodeUsers(source, bodyStart, bodyEnd);
  }

  /** Refused for a subject that is no user of the broker; rules of other resources stay. */
  async setAcl(address: string, change: Change, acl: Acl): Promise<void> {
    const { code, encode } = change === "create" ? createAcl : updateAcl;
    const fields = encode({ subject: acl.subject ?? "" });
    await this.#pool.ask(address, { code, fields, body: encodeAcl(acl) });
  }

  /** Of one resource, or all of the subject. */
  async deleteAcl(address: string, subject: string, resource?: string): Promise<void> {
    await this.#pool.ask(address, {
      code: deleteAcl.code,
      fields: deleteAcl.encode({ subject, resource }),
    });
  }

  /** Undefined when the subject has no rules. */
  async acl(address: string, subject: string | undefined): Promise<Acl | undefined> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(address, {
      code: getAcl.code,
      fields: getAcl.encode({ subject }),
    });
    return bodyStart === bodyEnd ? undefined : decodeAcl(source, bodyStart, bodyEnd);
  }

  /** Those that fit both filters, in the broker's order. */
  async acls(
    address: string,
    filters: { readonly subject?: string | undefined; readonly resource?: string | undefined } = {},
  ): Promise<readonly Acl[]> {
    const { source, bodyStart, bodyEnd } = await this.#pool.ask(address, {
      code: listAcls.code,
      fields: listAcls.encode({
        subjectFilter: filters.subject,
        resourceFilter: filters.resource,
      }),
    });
    return bodyStart === bodyEnd ? [] : decodeAcls(source, bodyStart, bodyEnd);
  }
}
