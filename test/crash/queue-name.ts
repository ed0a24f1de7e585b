/** How a queue is named in the ledger: topic and queue id. */
export type QueueName = `${string}/${number}`;
