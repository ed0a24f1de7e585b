/** Which response code a refusal earns: total, so that a new kind does not compile until it is answered. */
import type { ErrorKind } from "../../core/error.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";

export const responseCodeOf = {
  topic_not_found: responseCode.topicNotExist,
  group_not_found: responseCode.subscriptionGroupNotExist,
  queue_out_of_range: responseCode.invalidParameter,
  parameter_invalid: responseCode.invalidParameter,
  permission_denied: responseCode.noPermission,
  message_illegal: responseCode.messageIllegal,
  bad_request: responseCode.systemError,
  request_unsupported: responseCode.requestCodeNotSupported,
  subscription_invalid: responseCode.subscriptionParseFailed,
  subscription_missing: responseCode.subscriptionNotExist,
  subscription_stale: responseCode.subscriptionNotLatest,
  not_found: responseCode.queryNotFound,
  consumer_offline: responseCode.consumerNotOnline,
  client_timeout: responseCode.consumeMessageTimeout,
  broker_busy: responseCode.systemBusy,
  store_unavailable: responseCode.serviceNotAvailable,
  flush_timeout: responseCode.flushDiskTimeout,
  internal: responseCode.systemError,
} as const satisfies Record<ErrorKind, number>;
