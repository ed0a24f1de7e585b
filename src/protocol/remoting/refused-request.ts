/**
 * Requests that are refused on purpose, with the reason (remoting 11). Whatever has neither a handler nor a place
 * here is refused as well, with the same code 3; this list is for those that official clients and tools send.
 */

export const refusedRequests: ReadonlyMap<number, string> = new Map([
  [12, "key index: not there yet"],
  [18, "many topics at once: not there yet"],
  [21, "all topics of a broker: for replicas, which are not there yet"],
  [25, "the configuration is a file, not the wire"],
  [26, "the configuration is a file, not the wire"],
  [33, "messages by id: not there yet"],
  [37, "transactions are not there yet"],
  [43, "all offsets of a broker: for replicas, which are not there yet"],
  [45, "delayed delivery is not there yet"],
  [46, "filters other than tags are not there yet: the check must not pass"],
  [100, "no key-value store in the nameserver yet"],
  [101, "no key-value store in the nameserver yet"],
  [102, "no key-value store in the nameserver yet"],
  [200, "settings of groups: not there yet"],
  [204, "producers' connections: not there yet"],
  [205, "taking a broker's write permission: not there yet"],
  [207, "deleting a group: not there yet"],
  [215, "deleting a topic: not there yet"],
  [216, "deleting a topic: not there yet"],
  [307, "relaying to consumers: not there yet"],
  [309, "relaying to consumers: not there yet"],
  [315, "the broker's statistics by name: not there yet"],
  [321, "raw consume queues: not there yet"],
  [324, "replies to requests: not there yet"],
  [325, "replies to requests: not there yet"],
  [370, "timers are not there yet"],
  [400, "shares given out by the broker: not there yet"],
  [401, "shares given out by the broker: not there yet"],
  [200050, "pop is not there yet"],
  [200051, "pop is not there yet"],
  [200053, "pop is not there yet"],
]);
