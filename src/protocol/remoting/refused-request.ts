/**
 * Requests that are refused on purpose, with the reason (remoting 11). Whatever has neither a handler nor a place
 * here is refused as well, with the same code 3; this list is for those that official clients and tools send.
 */

export const refusedRequests: ReadonlyMap<number, string> = new Map([
  [13, "superseded by 30 and 31; RocketMQ does not answer it either"],
  [22, "superseded by 21; RocketMQ does not answer it either"],
  [23, "superseded by 206; RocketMQ does not answer it either"],
  [27, "superseded by 329; RocketMQ does not answer it either"],
  [37, "transactions are not there yet"],
  [47, "RocketMQ does not answer it either"],
  [60, "timers are not there yet"],
  [61, "timers are not there yet"],
  [323, "transactions are not there yet"],
  [324, "replies to requests: not there yet"],
  [325, "replies to requests: not there yet"],
  [354, "the store has no RocksDB"],
  [355, "the store has no RocksDB"],
  [370, "timers are not there yet"],
  [400, "shares given out by the broker: not there yet"],
  [401, "shares given out by the broker: not there yet"],
  [402, "shares given out by the broker: not there yet"],
  [513, "topics that are spread over brokers by a table: not there"],
  [902, "one process is one broker, not a container of several"],
  [903, "one process is one broker, not a container of several"],
  [906, "replicas are not there yet"],
  [908, "replicas are not there yet"],
  [1007, "there is no controller: a leader has no epochs"],
  [1008, "there is no controller: nobody changes a broker's role"],
  [2001, "cold reads never delay sends: there is no flow to control"],
  [2002, "cold reads never delay sends: there is no flow to control"],
  [2003, "cold reads never delay sends: there is no flow to control"],
  [2004, "the system decides how it reads ahead"],
  [200050, "pop is not there yet"],
  [200051, "pop is not there yet"],
  [200053, "pop is not there yet"],
]);
