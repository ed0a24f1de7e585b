/** Finds the place of a field's name in a short list by its bytes, without making a string of it. */

export class FieldNames {
  private readonly names: readonly Buffer[];
  /** Places by the length of the name. */
  private readonly byLength: readonly (readonly number[])[];

  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    const longest = Math.max(...this.names.map((name) => name.length));
    this.byLength = Array.from({ length: longest + 1 }, (_, bytes) =>
      this.names.flatMap((name, place) => (name.length === bytes ? [place] : [])),
    );
  }

  /** The place of the name source[start, end), -1 when it is not in the list. */
  find(source: Buffer, start: number, end: number): number {
    const bytes = end - start;
    if (bytes < this.byLength.length) {
      const places = this.byLength[bytes] as readonly number[];
      for (let index = 0; index < places.length; index++) {
        const place = places[index] as number;
        if (isSame(source, start, this.names[place] as Buffer)) {
          return place;
        }
      }
    }
    return -1;
  }
}

function isSame(source: Buffer, start: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index++) {
    if (source[start + index] !== name[index]) {
      return false;
    }
  }
  return true;
}
