/**
 * Consumer offsets move only as asked. An answer must be the value of the last commit that ended ok, of one
 * that may take effect still (info), or of one under way; so an acknowledged commit survives any crash and
 * nothing goes back without having been asked to.
 */
import type { Commit, History, OffsetQuery, Violation } from "../history.ts";

/** Judges every answer about every group and queue. */
export function checkOffsets(history: History): Violation[] {
  const commits = new Map<string, Commit[]>();
  for (const commit of history.commits) {
    const list = commits.get(commit.key) ?? [];
    list.push(commit);
    commits.set(commit.key, list);
  }
  return history.queries.flatMap((query) => judge(query, commits.get(query.key) ?? []));
}

function judge(query: OffsetQuery, commits: readonly Commit[]): Violation[] {
  const asked = commits.filter(
    (commit) => commit.invoked < query.ended && commit.outcome !== "fail",
  );
  // Superseded for certain: ended ok before another began that ended ok before the question.
  const settled = asked.filter((commit) => commit.outcome === "ok" && commit.ended < query.invoked);
  const newestInvoked = settled.reduce((newest, { invoked }) => Math.max(newest, invoked), -1);
  const possible = asked.filter(
    (commit) => !(commit.outcome === "ok" && commit.ended < newestInvoked),
  );
  const values = new Set(possible.map(({ value }) => value));
  if (settled.length === 0) {
    values.add(-1);
  }
  if (values.has(query.value)) {
    return [];
  }
  const allowed = [...values].join(", ");
  return [
    {
      checker: "offsets",
      message: `${query.key} was answered ${query.value}; what was asked for allows ${allowed}`,
    },
  ];
}
