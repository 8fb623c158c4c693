// Figures outside what their quantity can be: a share above the whole, a part above its total, a negative time, quantiles
// out of order, a unit of another quantity.
import { statisticIn } from "../extract/grids.ts";
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity } from "../model.ts";
import { compare, one, zero } from "../numbers/ratio.ts";
import { subject } from "../words.ts";
import { aboutNumber, comparable, operand } from "./lint.ts";
import { fractionsIn } from "./recompute-shares.ts";

const shareWords =
  /\b(?:success|pass(?:ed| rate)?|coverage|availability|uptime|accuracy|reliability|error rate|failure rate|failed|win rate|completion|complete[d]?|completeness|confidence|integrity|precision|recall|hit rate)\b/i;
const changeWords =
  /\b(?:increase|improve\w*|growth|grew|faster|slower|more|gain|rise|overhead|of (?:a|one) core|change|return|up by|higher|than)\b/i;

export function rangeFindings(report: ReadReport): readonly Finding[] {
  return report.quantities.flatMap((quantity) => {
    const head = quantity.cell === null ? "" : (report.tables[quantity.cell.table]?.head[quantity.cell.column] ?? "");
    const text = report.sentenceOf(quantity).text;
    const near = `${head} ${quantity.cell === null ? text.slice(Math.max(0, quantity.at - 60), quantity.end + 30) : (report.tables[quantity.cell.table]?.rows[quantity.cell.row]?.cells[0]?.text ?? "")}`;
    if (
      quantity.base === "share" &&
      compare(quantity.span.low, one) > 0 &&
      shareWords.test(near) &&
      !changeWords.test(near)
    ) {
      return [
        aboutNumber(report, quantity, { outcome: "contradicted" as const, because: "no such share exceeds the whole" }),
      ];
    }
    if (
      quantity.base === "share" &&
      compare(quantity.span.high, zero) < 0 &&
      shareWords.test(near) &&
      !changeWords.test(near)
    ) {
      return [
        aboutNumber(report, quantity, { outcome: "contradicted" as const, because: "no such share is below nothing" }),
      ];
    }
    if (
      quantity.base === "time" &&
      quantity.per === "" &&
      compare(quantity.span.high, zero) < 0 &&
      /\b(?:latency|duration|elapsed|took|response time|p\d\d|downtime|uptime)\b/i.test(near) &&
      !/\b(?:change|delta|difference|Δ|vs|diff|shift)\b/iu.test(near)
    ) {
      return [aboutNumber(report, quantity, { outcome: "contradicted" as const, because: "no duration is negative" })];
    }
    return [];
  });
}

const tested =
  /\b(?:test|check|pass|ok|success|complete|agent|task|sandbox|call|request|healthy|online|running|covered|hold)\w*/i;

/** `12 of 10 passed`. */
export function partAboveWhole(report: ReadReport): readonly Finding[] {
  return report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    if (own.length < 2 || own.length > 60 || !tested.test(sentence.text)) return [];
    return fractionsIn(own, sentence.text)
      .filter(
        ({ part, whole }) =>
          compare(part.value, whole.value) > 0 && tested.test(sentence.text.slice(whole.end, whole.end + 24)),
      )
      .map(({ part, whole }) =>
        aboutNumber(report, part, {
          outcome: "contradicted" as const,
          because: "a part exceeds its whole",
          operands: [operand(whole)],
        }),
      );
  });
}

const order: readonly string[] = ["min", "p50", "p75", "p90", "p95", "p99", "p99.9", "max"];

/** Minimum ≤ P50 ≤ … ≤ maximum in one row, one list or one sentence; a mean lies between minimum and maximum. */
export function orderFindings(report: ReadReport): readonly Finding[] {
  const tables = report.grids.flatMap((grid) => {
    const statistics = grid.head.map((head) => statisticIn(head));
    if (grid.kind === "list") {
      const named = grid.rows.flatMap((row) => named1(statisticOnly(row.label), row.mains[1] ?? null));
      return inOrder(report, named);
    }
    return grid.rows.flatMap((row) =>
      inOrder(
        report,
        row.mains.flatMap((one, at) => named1(statistics[at] ?? null, one)),
      ),
    );
  });
  const prose = report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    if (sentence.kind === "row" || own.length < 2 || own.length > 30) return [];
    const named = own.map((one, at) => {
      const from = own[at - 1]?.end ?? Math.max(0, one.at - 24);
      return { quantity: one, statistic: statisticOnly(sentence.text.slice(Math.max(from, one.at - 24), one.at)) };
    });
    return inOrder(
      report,
      named.flatMap(({ quantity, statistic }) => named1(statistic, quantity)),
    );
  });
  return [...tables, ...prose];
}

interface Named {
  readonly statistic: string;
  readonly quantity: Quantity;
}

/** The label is the statistic and little else: `P95`, `P95 latency`, `max:`. */
function statisticOnly(label: string): string | null {
  return subject(label).filter(
    (word) => !/^(?:latency|time|duration|response|p\d+|median|mean|average|avg|max|maximum|min|minimum)$/.test(word),
  ).length === 0
    ? statisticIn(label)
    : null;
}

function named1(statistic: string | null, quantity: Quantity | null): readonly Named[] {
  if (statistic === null || quantity === null || quantity.bound !== null || quantity.base === "share") return [];
  return [{ statistic, quantity }];
}

function inOrder(report: ReadReport, named: readonly Named[]): readonly Finding[] {
  const findings: Finding[] = [];
  if (new Set(named.map(({ statistic }) => statistic)).size !== named.length) return [];
  const ranked = order.flatMap((name) => named.filter(({ statistic }) => statistic === name));
  for (const [at, low] of ranked.entries()) {
    const high = ranked[at + 1];
    if (
      high !== undefined &&
      comparable(low.quantity, high.quantity) &&
      compare(low.quantity.span.low, high.quantity.span.high) > 0
    ) {
      const operands = [operand(high.quantity)];
      findings.push(
        aboutNumber(report, low.quantity, {
          outcome: "contradicted",
          because: `${low.statistic} cannot exceed ${high.statistic} of the same values`,
          operands,
        }),
      );
    }
  }
  const mean = named.find(({ statistic }) => statistic === "mean");
  const max = named.find(({ statistic }) => statistic === "max");
  const min = named.find(({ statistic }) => statistic === "min");
  if (
    mean !== undefined &&
    max !== undefined &&
    comparable(mean.quantity, max.quantity) &&
    compare(mean.quantity.span.low, max.quantity.span.high) > 0
  ) {
    findings.push(
      aboutNumber(report, mean.quantity, {
        outcome: "contradicted",
        because: "a mean cannot exceed the maximum of the same values",
        operands: [operand(max.quantity)],
      }),
    );
  }
  if (
    mean !== undefined &&
    min !== undefined &&
    comparable(mean.quantity, min.quantity) &&
    compare(mean.quantity.span.high, min.quantity.span.low) < 0
  ) {
    findings.push(
      aboutNumber(report, mean.quantity, {
        outcome: "contradicted",
        because: "a mean cannot lie below the minimum of the same values",
        operands: [operand(min.quantity)],
      }),
    );
  }
  return findings;
}

const memory = /\b(?:memory|heap|rss|ram|resident)\b/i;
const wrongNoun = /^(?:process|processe|thread|task|agent|call|file|test|node|worker)s?$/;

/** A unit that belongs to another quantity, and a part of memory above its total. */
export function unitFindings(report: ReadReport): readonly Finding[] {
  const wrong = report.quantities.flatMap((quantity) => {
    const label = labelOf(report, quantity);
    if (label === null) return [];
    const because = wrongUnit(label, quantity);
    return because === null ? [] : [aboutNumber(report, quantity, { outcome: "contradicted" as const, because })];
  });
  return [...wrong, ...partsOfMemory(report)];
}

/** The label right before a figure: `Memory usage: 75 processes`, a row's first cell or a head. */
function labelOf(report: ReadReport, quantity: Quantity): string | null {
  if (quantity.cell !== null) {
    const row = report.tables[quantity.cell.table]?.rows[quantity.cell.row];
    const head = report.tables[quantity.cell.table]?.head[quantity.cell.column] ?? "";
    if ((row?.cells[quantity.cell.column]?.at ?? -9) < quantity.at - 2) return null;
    const first = quantity.cell.column > 0 && quantity.cell.column <= 1 ? (row?.cells[0]?.text ?? "") : "";
    return `${first} ${head}`;
  }
  const before = report.sentenceOf(quantity).text.slice(Math.max(0, quantity.at - 40), quantity.at);
  const found = /([\p{L}][\p{L} -]{2,36})(?::| is| was| of| =)\s*[~≈$]?$/u.exec(before)?.[1];
  return found ?? null;
}

function wrongUnit(label: string, quantity: Quantity): string | null {
  const { base } = quantity;
  if (
    memory.test(label) &&
    !/\b(?:write|read|latency|system|entries|keys?|operations?|store[ds]?|time|namespace|agents?|processes|cost|price)\b/i.test(
      label,
    )
  ) {
    if (base === "time") return "memory is not measured in time";
    if ((base === "plain" || base === "count") && wrongNoun.test(quantity.noun))
      return `memory is not counted in ${quantity.noun}s`;
  }
  if (/\b(?:latency|response time|duration|elapsed)\b/i.test(label) && base === "bytes" && quantity.per === "")
    return "a time is not measured in bytes";
  if (/\b(?:cost|price)\b/i.test(label) && base === "time" && !/\btime\b/i.test(label))
    return "a cost is not measured in time";
  if (/\bcpu\b/i.test(label) && base === "bytes" && !/\b(?:memory|cache|and|\/)\b/i.test(label))
    return "CPU is not measured in bytes";
  return null;
}

/** `heap used 9.6 MB` beside `heap total 4.08 MB`. */
function partsOfMemory(report: ReadReport): readonly Finding[] {
  const sizes = report.quantities.filter((one) => one.base === "bytes" && one.per === "").slice(0, 400);
  const words = sizes.map((one) => {
    const { text } = report.sentenceOf(one);
    const before = quantityClause(text, one);
    return {
      one,
      heap: /\bheap\b/i.test(before),
      total: /\b(?:total|whole|size|limit|allocated|max)\b/i.test(before),
      text: before,
    };
  });
  const totals = words.filter(({ heap, total }) => heap && total);
  return words.flatMap(({ one, heap, total }) => {
    if (!heap || total) return [];
    const above = totals.find((other) => compare(one.span.low, other.one.span.high) > 0);
    return above === undefined
      ? []
      : [
          aboutNumber(report, one, {
            outcome: "contradicted" as const,
            because: `the whole heap is given as ${above.one.text}`,
            operands: [operand(above.one)],
          }),
        ];
  });
}

function quantityClause(text: string, quantity: Quantity): string {
  const before = text.slice(Math.max(0, quantity.at - 60), quantity.at);
  const after = text.slice(quantity.end, quantity.end + 24);
  const cut = Math.max(before.lastIndexOf(","), before.lastIndexOf(";"), before.lastIndexOf("("));
  return `${before.slice(cut + 1)} ${/^[^,;.)|]*/.exec(after)?.[0] ?? ""}`;
}
