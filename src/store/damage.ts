/** What reads found damaged: each place is told and counted once, however often it is asked for. */
import type { Log } from "../io/log.ts";
import type { QueueHandle } from "./message-store.ts";

/** Places remembered; beyond it damage is only counted. */
const placesMax = 1_000;

export class Damage {
  /** Records that are not served. */
  count = 0;
  readonly #places = new Set<string>();
  readonly #journal: Log;
  readonly #onEntry: () => void;
  #hasEntry = false;

  /** `onEntry` is called once, when the first damaged entry of a queue is met. */
  constructor(journal: Log, onEntry: () => void) {
    this.#journal = journal;
    this.#onEntry = onEntry;
  }

  /** A record of the log is bad: nothing can bring it back. */
  record(physicalOffset: number, bytes: number, reason: string): void {
    if (this.#isNew(String(physicalOffset))) {
      this.#journal.error("a damaged record is not served", { physicalOffset, bytes, reason });
    }
  }

  /** An entry of a queue is bad: the log still has its message. */
  entry(queue: QueueHandle, queueOffset: number, reason: string): void {
    const { topic, queueId } = queue;
    if (this.#isNew(`${topic}/${queueId}/${queueOffset}`)) {
      this.#journal.error("a damaged queue entry is passed over", {
        topic,
        queueId,
        queueOffset,
        reason,
      });
    }
    if (!this.#hasEntry) {
      this.#hasEntry = true;
      this.#journal.error("queue files are damaged; the next start builds them again from the log");
      this.#onEntry();
    }
  }

  #isNew(place: string): boolean {
    if (this.#places.has(place)) {
      return false;
    }
    this.count++;
    if (this.#places.size >= placesMax) {
      return false;
    }
    this.#places.add(place);
    return true;
  }
}
