/** What this process does with its time and its memory, in the files that Chrome's developer tools open. */

export interface Profiler {
  /** Begins to note, a thousand times a second, which function runs. Rejects while a profile is taken. */
  start(): Promise<void>;
  /** Ends that. Resolves with the text of a `.cpuprofile`. */
  stop(): Promise<string>;
  /** The text of a `.heapsnapshot`. Nothing else happens in this process meanwhile. */
  heap(): string;
}
