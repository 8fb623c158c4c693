// How the page writes a number, and what it says where there is none.

export function figure(value: number | null): string {
  return value === null ? "not defined" : plain(value);
}

/** Six significant digits, thousands apart. */
export function plain(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}
