/** Texts and numbers as Java's formatter writes them: the official tool's tables are made with it. */

export type Formatted = string | number | boolean | null | undefined;

/** `%s`, `%d` and `%.2f` with width, `-` and `0`; `%n` ends a line. What is absent is written as `null`. */
export function format(pattern: string, ...values: readonly Formatted[]): string {
  let next = 0;
  return pattern.replace(
    /%(?:([-0]*)(\d*)(?:\.(\d+))?([sdf])|n|%)/g,
    (whole, flags: string, width: string, digits: string | undefined, kind: string) => {
      if (whole === "%n" || whole === "%%") {
        return whole === "%n" ? "\n" : "%";
      }
      const text = written(values[next++], kind, digits);
      const places = Number(width || 0);
      if (flags.includes("-")) {
        return text.padEnd(places);
      }
      return text.padStart(places, flags.includes("0") ? "0" : " ");
    },
  );
}

function written(value: Formatted, kind: string, digits: string | undefined): string {
  if (kind === "f" && typeof value === "number") {
    return fixed(value, Number(digits ?? 6));
  }
  return value === undefined || value === null ? "null" : String(value);
}

/** Java rounds the shortest decimal text of a number, half away from zero; JavaScript rounds its exact value. */
function fixed(value: number, digits: number): string {
  const [mantissa = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const figures = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  const padded = figures.padStart(figures.length + Math.max(0, -point), "0");
  const at = Math.max(0, point);
  const all = padded.padEnd(at + digits + 1, "0");
  const kept = BigInt(all.slice(0, at + digits) || "0");
  const rounded = (all.charCodeAt(at + digits) >= 0x35 ? kept + 1n : kept).toString();
  const text = rounded.padStart(digits + 1, "0");
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return value < 0 ? `-${whole}` : whole;
}

/** A double as Java shows it: `0.0`, `1234.5`, `1.0E7`. */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = "", exponent = ""] = value.toExponential().split("e");
    const figures = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
    return `${figures}E${exponent.replace("+", "")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** At most so many characters of a text. */
export function front(text: string, characters: number): string {
  return text.slice(0, characters);
}
