/**
 * Users and access rules, which a broker of RocketMQ 5.3 and later keeps. Changes carry the whole user (bodies/user.ts) or rule
 * (bodies/acl.ts) as the body and its name as a field; what is asked for and not there is answered with success and no body.
 */
import { defineRequest } from "../define.ts";

const user = { username: { type: "string" } } as const;
const subject = { subject: { type: "string" } } as const;

export const createUser = defineRequest({
  code: 3001,
  name: "AUTH_CREATE_USER",
  request: user,
  reply: {},
});

export const updateUser = defineRequest({
  code: 3002,
  name: "AUTH_UPDATE_USER",
  request: user,
  reply: {},
});

export const deleteUser = defineRequest({
  code: 3003,
  name: "AUTH_DELETE_USER",
  request: user,
  reply: {},
});

export const getUser = defineRequest({
  code: 3004,
  name: "AUTH_GET_USER",
  request: { username: { type: "string", optional: true } },
  reply: {},
});

/** Of users whose name contains the filter. */
export const listUsers = defineRequest({
  code: 3005,
  name: "AUTH_LIST_USERS",
  request: { filter: { type: "string", optional: true } },
  reply: {},
});

export const createAcl = defineRequest({
  code: 3006,
  name: "AUTH_CREATE_ACL",
  request: subject,
  reply: {},
});

export const updateAcl = defineRequest({
  code: 3007,
  name: "AUTH_UPDATE_ACL",
  request: subject,
  reply: {},
});

/** Without a resource: all rules of the subject. */
export const deleteAcl = defineRequest({
  code: 3008,
  name: "AUTH_DELETE_ACL",
  request: { ...subject, resource: { type: "string", optional: true } },
  reply: {},
});

export const getAcl = defineRequest({
  code: 3009,
  name: "AUTH_GET_ACL",
  request: { subject: { type: "string", optional: true } },
  reply: {},
});

export const listAcls = defineRequest({
  code: 3010,
  name: "AUTH_LIST_ACL",
  request: {
    subjectFilter: { type: "string", optional: true },
    resourceFilter: { type: "string", optional: true },
  },
  reply: {},
});
