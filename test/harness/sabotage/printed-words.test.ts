// Only what the CTRF schema demands may say "passed": its count and the state of a test. Everything else is a slip.
import { expect, test } from "vitest";
import { slipsIn } from "../../../harness/sabotage/printed-words.ts";

const ctrf = (name: string): string =>
  JSON.stringify({ results: { summary: { passed: 1, failed: 0 }, tests: [{ name, status: "passed" }] } });

test("the states of CTRF are its own, in its own file", () => {
  expect(slipsIn("ctrf.json", ctrf("a"))).toEqual([]);
  expect(slipsIn("results.json", ctrf("a"))).toHaveLength(2);
});

test("a word beside them is a slip", () => {
  expect(slipsIn("ctrf.json", ctrf("CERTIFIED"))).toEqual([expect.stringMatching(/^ctrf\.json says CERTIFIED: …/)]);
  expect(slipsIn("ctrf.json", "all passed")).toEqual(["ctrf.json says passed: …all passed…"]);
  expect(slipsIn("report.md", "nothing to say")).toEqual([]);
});
