// Right reports in several styles are never contradicted; one figure changed beyond rounding is.
import { assert, constantFrom, integer, array, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { auditReport, type Audit } from "../../../harness/audit/audit.ts";

const runs = { numRuns: 60 };

function audit(text: string): Audit {
  const result = auditReport(text);
  if ("unfit" in result) throw new Error(result.unfit);
  return result;
}

function contradictions(text: string): readonly string[] {
  return audit(text)
    .claims.filter(({ grade }) => grade === "contradicted")
    .map(({ lint, text: figure, because }) => `${lint}: ${figure}: ${because}`);
}

const grouped = (value: number): string => value.toLocaleString("en-US");
const styles = constantFrom((value: number): string => String(value), grouped);

describe("tables with totals", () => {
  const cents = array(integer({ min: 1, max: 900_000 }), { minLength: 2, maxLength: 8 });
  const table = (rows: readonly number[], total: number): string =>
    [
      "# Costs",
      "",
      "| Item | Cost |",
      "|---|--:|",
      ...rows.map((value, at) => `| item ${"abcdefgh".charAt(at)} | $${(value / 100).toFixed(2)} |`),
      `| **Total** | **$${(total / 100).toFixed(2)}** |`,
    ].join("\n");

  test("a right total is proven", () => {
    assert(
      property(cents, (rows) => {
        const total = rows.reduce((a, b) => a + b, 0);
        const text = table(rows, total);
        expect(contradictions(text)).toEqual([]);
      }),
      runs,
    );
  });

  test("a total changed beyond the rounding of its rows is contradicted", () => {
    assert(
      property(cents, integer({ min: 1, max: 5000 }), (rows, off) => {
        const total = rows.reduce((a, b) => a + b, 0) + rows.length + off;
        expect(contradictions(table(rows, total))).toHaveLength(1);
      }),
      runs,
    );
  });
});

describe("rates of counts", () => {
  const counts = record({ passed: integer({ min: 0, max: 400 }), failed: integer({ min: 0, max: 400 }) });
  const tenths = constantFrom(0, 1, 2);

  test("a right share is never contradicted, rounded or cut, in prose and in tables", () => {
    assert(
      property(counts, tenths, styles, ({ passed, failed }, decimals, style) => {
        const total = passed + failed + 1;
        const exact = (passed / total) * 100;
        const scale = 10 ** decimals;
        for (const share of [exact.toFixed(decimals), (Math.floor(exact * scale) / scale).toFixed(decimals)]) {
          const text = [
            `${style(passed)} of ${style(total)} requests were answered (${share} %).`,
            "",
            "| Suite | Passed | Total | Rate |",
            "|---|--:|--:|--:|",
            `| wire | ${style(passed)} | ${style(total)} | ${share} % |`,
          ].join("\n");
          expect(contradictions(text)).toEqual([]);
        }
      }),
      runs,
    );
  });

  test("a share changed by more than its last digit is contradicted in both places", () => {
    assert(
      property(counts, ({ passed, failed }) => {
        const total = passed + failed + 1;
        const share = (passed / total) * 100;
        const wrong = (share > 50 ? share - 3.2 : share + 3.2).toFixed(1);
        // What is left of the whole is another right reading of a share beside its counts.
        if (Math.abs(100 - share - Number(wrong)) < 0.2) return;
        expect(contradictions(`${passed} of ${total} requests were answered (${wrong} %).`)).toHaveLength(1);
        expect(
          contradictions(
            `| Suite | Passed | Total | Rate |\n|---|--:|--:|--:|\n| wire | ${passed} | ${total} | ${wrong} % |\n`,
          ),
        ).toHaveLength(1);
      }),
      runs,
    );
  });
});

describe("means, equations and rates", () => {
  const times = array(integer({ min: 101, max: 9999 }), { minLength: 3, maxLength: 7 });

  test("a right mean in prose below its list is proven, a wrong one contradicted", () => {
    assert(
      property(times, (values) => {
        const mean = values.reduce((a, b) => a + b, 0) / values.length / 100;
        const list = values
          .map((value, at) => `- write ${"abcdefg".charAt(at)}: ${(value / 100).toFixed(2)} s`)
          .join("\n");
        const said = (value: number): string =>
          `## Writes\n\n${list}\n\nThe average write took ${value.toFixed(2)} s.\n`;
        expect(contradictions(said(mean))).toEqual([]);
        expect(contradictions(said(mean + 0.05))).toHaveLength(1);
      }),
      runs,
    );
  });

  test("a right product is proven, a wrong one contradicted", () => {
    assert(
      property(
        integer({ min: 2, max: 40 }),
        integer({ min: 2, max: 24 }),
        integer({ min: 1, max: 99 }),
        (count, hours, cents) => {
          const said = (cost: number): string =>
            `${count} boxes × ${hours} h × $0.${String(cents).padStart(2, "0")}/h = $${cost.toFixed(2)}`;
          const cost = (count * hours * cents) / 100;
          expect(contradictions(said(cost))).toEqual([]);
          expect(audit(said(cost)).claims.filter(({ grade }) => grade === "proven")).toHaveLength(1);
          expect(contradictions(said(cost * 2 + 1))).toHaveLength(1);
        },
      ),
      runs,
    );
  });

  test("a rate over its window is proven, a wrong one contradicted", () => {
    assert(
      property(integer({ min: 1000, max: 90_000 }), integer({ min: 2, max: 60 }), styles, (calls, seconds, style) => {
        const said = (rate: number): string =>
          `We completed ${style(calls)} requests in ${seconds} s, which is ${rate.toFixed(1)} requests/s.`;
        // The window is printed in whole seconds: the rate may be off by that much.
        expect(contradictions(said(calls / seconds))).toEqual([]);
        expect(contradictions(said((calls / seconds) * 2))).toHaveLength(1);
      }),
      runs,
    );
  });
});

test("quantiles in order and times with all their digits are not contradicted", () => {
  assert(
    property(
      array(integer({ min: 1, max: 99_999 }), { minLength: 5, maxLength: 9 }),
      constantFrom(1, 2, 3),
      (values, decimals) => {
        const rows = values.map((value, at) => {
          const cells = [value, value + 7, value + 31, value + 210].map(
            (one) => `${(one / 10 ** decimals).toFixed(decimals)} ms`,
          );
          return `| op ${"abcdefghi".charAt(at)} | ${cells.join(" | ")} |`;
        });
        const text = ["| Operation | P50 | P95 | P99 | Max |", "|---|--:|--:|--:|--:|", ...rows].join("\n");
        expect(contradictions(text)).toEqual([]);
      },
    ),
    runs,
  );
});
