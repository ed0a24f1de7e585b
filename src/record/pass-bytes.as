/** What the passes in AssemblyScript have in common: big-endian words, and the separators of properties (properties.ts). */

/** Between a property's name and value, and after the value. */
export const nameEnd: u32 = 1;
export const valueEnd: u32 = 2;

@inline
export function readWord(at: usize): i32 {
  return bswap<i32>(load<i32>(at));
}

/** Where the next of the two separators of properties stands in memory[at, end), or the end. */
@inline
export function separatorFrom(at: usize, end: usize): usize {
  while (at < end) {
    const block = v128.load(at);
    const found = i8x16.bitmask(
      v128.or(i8x16.eq(block, i8x16.splat(1)), i8x16.eq(block, i8x16.splat(2))),
    );
    if (found !== 0) {
      return min<usize>(at + ctz(found), end);
    }
    at += 16;
  }
  return end;
}

/** Where the next value separator stands in memory[at, end), or the end. */
@inline
export function valueEndFrom(at: usize, end: usize): usize {
  while (at < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(2)));
    if (found !== 0) {
      return min<usize>(at + ctz(found), end);
    }
    at += 16;
  }
  return end;
}
