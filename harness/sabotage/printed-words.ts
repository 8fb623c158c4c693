// The words that only a run with evidence may use, looked for in everything that a run printed and wrote. Law: the one exception
// is what the CTRF schema itself demands: the count `passed` and the state of a test.
import { isRecord } from "../../src/contracts/json.ts";

/** A tick beside a single claim is that claim's own; a run speaks in words. */
const forbidden = /certified|passed/gi;

/** Each forbidden word in the text of a file, with what stands around it. */
export function slipsIn(name: string, text: string): readonly string[] {
  const own = name === "ctrf.json" ? withoutCtrfStates(text) : text;
  return [...own.matchAll(forbidden)].map(({ index, 0: word }) => {
    return `${name} says ${word}: …${own.slice(Math.max(0, index - 40), index + 40).replaceAll(/\s+/g, " ")}…`;
  });
}

/** The document without `results.summary.passed` and the `status` of each of `results.tests`; any other text as it is. */
function withoutCtrfStates(text: string): string {
  const document = parseText(text);
  if (!isRecord(document) || !isRecord(document.results)) return text;
  const { summary, tests, ...rest } = document.results;
  const counts = isRecord(summary) ? without(summary, "passed") : summary;
  const bare = Array.isArray(tests)
    ? tests.map((row: unknown) => (isRecord(row) ? without(row, "status") : row))
    : tests;
  return JSON.stringify({ ...document, results: { ...rest, summary: counts, tests: bare } });
}

function without(row: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
