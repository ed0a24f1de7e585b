/** Finding by bytes what a map finds by text. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type NamedEntry, NameTable } from "./name-table.ts";

const entryOf = (name: string): NamedEntry => ({ name, nameBytes: Buffer.from(name) });

test("whatever was added and removed, a name is found exactly when a map has it", () => {
  const name = fc.stringMatching(/^[ab]{0,4}$/);
  const step = fc.record({ name, kind: fc.constantFrom("add", "remove", "find") });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Map<string, NamedEntry>();
      const table = new NameTable<NamedEntry>();
      for (const { name: text, kind } of steps) {
        const known = model.get(text);
        if (kind === "add" && known === undefined) {
          const entry = entryOf(text);
          model.set(text, entry);
          table.add(entry);
        } else if (kind === "remove" && known !== undefined) {
          model.delete(text);
          table.remove(known);
        }
        const frame = Buffer.from(`xx${text}yy`);
        expect(table.find(frame, 2, frame.length - 2)).toBe(model.get(text));
      }
    }),
  );
});
