// Does the text that a reader sees say the same as the value behind it? A figure is cut to a few digits for people, so the
// text may differ by less than one unit of its last digit. Text without a figure says nothing and is left alone.
const scales: Readonly<Record<string, number>> = {
  ns: 1,
  µs: 1e3,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  "%": 1e4,
  "": 1,
};

/** False only when the text holds exactly one figure with a known unit and it is another one. */
export function shownAgrees(text: string, value: number): boolean {
  const plain = text.replaceAll("&nbsp;", " ").replaceAll("\u00a0", " ").replaceAll("−", "-").trim();
  const found = /^(-?)(\$?)([0-9][0-9,]*)(?:\.([0-9]+))?\s*(ns|µs|us|ms|s|%)?$/.exec(plain);
  if (found === null) return !/[0-9]/.test(plain);
  const [, sign = "", dollar = "", whole = "", decimals = "", unit = ""] = found;
  const scale = dollar === "$" ? 1e6 : (scales[unit] ?? 1);
  const shown = Number(`${sign}${whole.replaceAll(",", "")}.${decimals || "0"}`) * scale;
  const lastDigit = scale / 10 ** decimals.length;
  return Math.abs(shown - value) < Math.max(lastDigit, 1) * (1 - 1e-9) || shown === value;
}
