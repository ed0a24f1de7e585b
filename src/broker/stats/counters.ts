/** What a broker counts: plain numbers that hot paths add to, read by metrics and by "runtime info" (28). */
import { Tally } from "./tally.ts";

export class BrokerCounters {
  sendRequests = 0;
  sendsAccepted = 0;
  /** Messages stored; a call is a send. */
  readonly puts = new Tally();
  /** Bytes of bodies as sent. */
  bytesIn = 0;
  /** Bytes of the records that sends became. */
  recordBytesIn = 0;
  pullRequests = 0;
  pullsFound = 0;
  pullsHeld = 0;
  /** Pulls that found nothing, whatever the reason. */
  pullsMissed = 0;
  /** Messages handed out; a call is a pull. */
  readonly gets = new Tally();
  /** Bytes of records. */
  bytesOut = 0;
  /** Messages that consumers sent back, and those of them that became dead letters. */
  sentBack = 0;
  deadLetters = 0;
  delayedDelivered = 0;
  /** Delayed messages whose topic was deleted before they were due. */
  delayedDropped = 0;
  offsetCommits = 0;
  heartbeats = 0;

  get messagesIn(): number {
    return this.puts.sum;
  }

  get messagesOut(): number {
    return this.gets.sum;
  }
}
