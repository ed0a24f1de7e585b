/** Response codes of remoting: what `code` means in a frame whose flag says "reply". */

export const responseCode = {
  success: 0,
  systemError: 1,
  systemBusy: 2,
  requestCodeNotSupported: 3,
  transactionFailed: 4,
  /** 10 to 12: the message is stored, but less safely than asked; the reply header is a whole one. */
  flushDiskTimeout: 10,
  slaveNotAvailable: 11,
  flushSlaveTimeout: 12,
  messageIllegal: 13,
  serviceNotAvailable: 14,
  versionNotSupported: 15,
  noPermission: 16,
  topicNotExist: 17,
  topicExistAlready: 18,
  /** Nothing new: the client asks again at once, so the broker holds the request first. */
  pullNotFound: 19,
  /** Messages were passed over by the filter. */
  pullRetryImmediately: 20,
  /** The offset lies outside the queue: the client drops the queue for ten seconds. */
  pullOffsetMoved: 21,
  queryNotFound: 22,
  subscriptionParseFailed: 23,
  subscriptionNotExist: 24,
  subscriptionNotLatest: 25,
  subscriptionGroupNotExist: 26,
  filterDataNotExist: 27,
  filterDataNotLatest: 28,
  invalidParameter: 29,
  consumerNotOnline: 206,
  consumeMessageTimeout: 207,
  noMessage: 208,
  pollingFull: 209,
  pollingTimeout: 210,
  illegalOperation: 604,
  goAway: 1500,
} as const;
