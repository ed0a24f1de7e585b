/** What one group did with one topic since the start: plain numbers that pulls and send-backs add to. */
import { Tally } from "../stats/tally.ts";

export class GroupTopicTally {
  /** Messages handed out; a call is a pull that found some. */
  readonly gotMessages = new Tally();
  /** Bytes of their records. */
  readonly gotBytes = new Tally();
  /** Messages that consumers sent back to be tried again. */
  readonly sentBack = new Tally();
  /** Messages that were given up. */
  readonly deadLettered = new Tally();
}
