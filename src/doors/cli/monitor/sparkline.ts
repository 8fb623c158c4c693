// Numbers over time as one line of characters, the newest at the right; a gap where nothing was measured.

const blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/** Where the locale has no such characters. */
const plain = [".", ":", "-", "=", "+", "*", "#", "@"];

/** Scaled from nothing to the greatest; all nothing is the lowest line. */
export function sparkline(values: readonly (number | null)[], unicode: boolean): string {
  const levels = unicode ? blocks : plain;
  const most = Math.max(0, ...values.filter((value) => value !== null));
  return values
    .map((value) => {
      if (value === null) return " ";
      const level = most === 0 ? 0 : Math.round((value / most) * (levels.length - 1));
      return levels[Math.min(levels.length - 1, Math.max(0, level))] ?? "";
    })
    .join("");
}
