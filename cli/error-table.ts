/** Every code that an error of the tool can carry: what it means and what to do. `mq errors` prints it. */

export interface ErrorAbout {
  readonly means: string;
  readonly todo: string;
}

export const errorTable = {
  "MQ-E-CHILD": {
    means: "A process that mq started for a further broker ended.",
    todo: "Its last log lines stand above the error; mend what they name and start again.",
  },
  "MQ-E-CONFIRM": {
    means: "Something that cannot be undone wants a yes, and nobody can be asked here.",
    todo: "Look with --dry-run, then say --yes.",
  },
  "MQ-E-EXISTS": {
    means: "What was to be made is there already.",
    todo: "Describe it, then update it or choose another name.",
  },
  "MQ-E-FAILED": {
    means: "The work failed for the reason that the message names.",
    todo: "Run it again with -v and --trace-rpc to see what was asked and answered.",
  },
  "MQ-E-INUSE": {
    means: "Another process of mq is at work on the same thing.",
    todo: "Wait until it ends, or end it; then run the command again.",
  },
  "MQ-E-NEWTOPIC": {
    means: "The group would get offsets in a topic that it never consumed.",
    todo: "Look whether the topic is the right one; --allow-new-topics says that it is meant.",
  },
  "MQ-E-NOBROKER": {
    means: "No broker matches --cluster or --broker, or none is registered at all (exit code 5).",
    todo: "mq cluster list shows names and addresses.",
  },
  "MQ-E-NOROUTE": {
    means: "The nameservers know no broker that has the topic.",
    todo: "mq topic list shows what there is; mq topic create makes it. A broker that just started needs a moment to register.",
  },
  "MQ-E-NOTFOUND": {
    means: "A topic, group, message or cluster of this name is not there.",
    todo: "List what there is; look whether --nameserver names the right cluster.",
  },
  "MQ-E-NOTRUNNING": {
    means: "No server runs where one was to be stopped or asked.",
    todo: "Look whether --store or the address is the right one.",
  },
  "MQ-E-ONLINE": {
    means: "Members of the group are connected, and the change would disturb them.",
    todo: "Stop them, or use the flag of the command that says that it is meant.",
  },
  "MQ-E-PARTIAL": {
    means: "A part of the work was done, another was not.",
    todo: "The message names both; run the command again when what hindered it is gone.",
  },
  "MQ-E-PROTECTED": {
    means: "The cluster belongs to a protected profile, and what was asked for cannot be undone.",
    todo: "Say --yes at a terminal and type the name that is asked for; --dry-run shows what would happen.",
  },
  "MQ-E-PULLS": {
    means: "The consumer pulls by itself, so no message can be handed to it.",
    todo: "Choose a client that consumes by push; mq group members lists them.",
  },
  "MQ-E-REFUSED": {
    means: "A broker or nameserver said no. remoteCode is RocketMQ's response code.",
    todo: "The message is the server's own; its log tells more.",
  },
  "MQ-E-STORE": {
    means: "A store is not there, is in use, cannot be read, or is damaged.",
    todo: "mq segment verify STORE shows what is damaged; a running broker holds its store.",
  },
  "MQ-E-SYSTEM": {
    means: "The topic or group belongs to the brokers themselves.",
    todo: "Leave it; it is made and kept by them.",
  },
  "MQ-E-TIMEOUT": {
    means: "No answer came in time.",
    todo: "A longer --timeout may help; mq cluster health tells how the brokers are.",
  },
  "MQ-E-UNREACHABLE": {
    means: "Nobody answers at the address.",
    todo: "Look whether the server runs; --nameserver HOST:PORT or MQ_NAMESERVER says where to look. Brokers must advertise an address that can be reached from here.",
  },
  "MQ-E-UNREADABLE": {
    means: "A message is there and its bytes cannot be read as what they should be.",
    todo: "mq segment verify on the broker's store shows whether it is damaged.",
  },
  "MQ-E-UNSUPPORTED": {
    means: "This server or tool does not know what was asked for.",
    todo: "mq cluster list shows the versions of the brokers.",
  },
  "MQ-E-USAGE": {
    means: "A word, a flag or a value is wrong; nothing was done.",
    todo: "--help behind the command shows what it takes.",
  },
  "MQ-E-WAITED": {
    means: "What was waited for did not come within the time given.",
    todo: "Give more time with the flag that sets it, or look why it does not come.",
  },
} as const satisfies Readonly<Record<`MQ-E-${string}`, ErrorAbout>>;

export type ErrorCode = keyof typeof errorTable;
