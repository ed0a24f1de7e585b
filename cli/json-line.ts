/** Lines of state files: one JSON object each. */

/** The object's members; none for a text that is no object. */
export function lineMembers(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
