/** Values as people read them. */

/** Groups of three digits. */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `1.5 MiB`. */
export function formatBytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** One line, at most so many characters. */
export function shorten(text: string, lengthMax: number): string {
  const line = visible(text);
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`;
}

/** Control characters as escapes, so that a message cannot drive the terminal. */
export function visible(text: string): string {
  let shown = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    shown += isControl ? JSON.stringify(character).slice(1, -1) : character;
  }
  return shown;
}
