// Counts against what is listed: `5 tools: a, b, c`, "all ten tools" above a table of nine, and a mesh drawn with fewer
// edges than a mesh has.
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { CodeBlock, Finding, Quantity, Sentence } from "../model.ts";
import { compare, ratio } from "../numbers/ratio.ts";
import { stem, stems, wordNumber } from "../words.ts";
import { aboutNumber, aboutPhrase, operand } from "./lint.ts";
import { isCount } from "./recompute-shares.ts";

export function countFindings(report: ReadReport): readonly Finding[] {
  const complete = report.sentences
    .filter((one) => /\ball\b/i.test(one.text) && /\d/.test(one.text))
    .slice(0, mostStatements);
  return [
    ...report.sentences.flatMap((one) => [...enumerated(report, one), ...introduced(report, one)]),
    ...complete.flatMap((one) => twoCounts(report, one)),
  ];
}

/** A count with its items behind a colon or in parentheses. */
function enumerated(report: ReadReport, sentence: Sentence): readonly Finding[] {
  if (sentence.kind === "row") return [];
  const own = (report.bySentence[sentence.index] ?? []).filter((one) => isCount(one) && one.unclaimed === null);
  return own.flatMap((count) => {
    const after = sentence.text.slice(count.end, count.end + 600);
    const inParentheses = sentence.text.charAt(count.at - 1) === "(" && Number(count.digits) > 1;
    const listed = inParentheses ? /^\) ?: ?([^:;.()]*[^:;.()\s])\.?\s*$/u.exec(after) : null;
    const found =
      listed ??
      /^ ?(?:[\p{L}-]+ ){0,3}[\p{L}-]+(?: (?:were|are) (?:registered|deployed|listed|created|used|tested))? ?[:(] ?([^:;.()]*[^:;.()\s])[.)]?\s*$/u.exec(
        after,
      );
    const items = found === null ? [] : itemsOf(found[1] ?? "");
    if (
      items.length < 2 ||
      items.some((item) => /\d+ ?\p{L}+ed$/u.test(item)) ||
      items.some((item) => /\b(?:passed|failed|skipped|each|every|total|incl)/i.test(item))
    )
      return [];
    if (/\b(?:such as|e\.g|including|among|for example|etc)\b|…|\.\.\./i.test(after)) return [];
    return [
      judge(report, count, { seen: items.length, what: `${items.length} are listed`, operands: items.slice(0, 12) }),
    ];
  });
}

function itemsOf(text: string): readonly string[] {
  const items = text
    .split(/, and |, or |,| and /)
    .map((item) => item.trim())
    .filter((item) => item !== "");
  return items.every((item) => item.length <= 40 && item.split(" ").length <= 4 && !/^\d/.test(item)) ? items : [];
}

function judge(
  report: ReadReport,
  count: Quantity,
  { seen, what, operands }: { readonly seen: number; readonly what: string; readonly operands: readonly string[] },
): Finding {
  const holds = compare(count.value, ratio(BigInt(seen))) === 0;
  return aboutNumber(report, count, {
    outcome: holds ? "proven" : "contradicted",
    because: holds ? "so many are listed" : what,
    operands,
  });
}

/** A sentence that ends in a colon, or says "all n tools", right above a list or a table of those. */
function introduced(report: ReadReport, sentence: Sentence): readonly Finding[] {
  if (sentence.kind === "row" || sentence.list !== null) return [];
  const counts = (report.bySentence[sentence.index] ?? []).filter(
    (one) => isCount(one) && one.unclaimed === null && one.noun !== "",
  );
  const next = report.sentences[sentence.index + 1];
  const [count] = counts;
  if (
    count === undefined ||
    counts.length !== 1 ||
    next === undefined ||
    next.section !== sentence.section ||
    compare(count.value, ratio(1n)) <= 0
  )
    return [];
  const heading = sentence.kind === "heading" && /\(\d+\)\s*$/.test(sentence.text);
  const colon =
    /^ (?:[\p{L}-]+ ?){1,4}:\s*$/u.test(sentence.text.slice(count.end)) &&
    !/\d\/$/.test(sentence.text.slice(0, count.at));
  if (!colon && !heading && !/\ball \d/i.test(sentence.text)) return [];
  if (next.table !== null) return tableCount(report, count, next.table);
  if (next.list === null || !colon) return [];
  const items = report.sentences
    .slice(next.index, next.index + 400)
    .filter((one) => one.list === next.list && one.depth === next.depth);
  const lines = new Set(items.map((one) => one.line)).size;
  if (items.length >= 400) return [];
  return [
    judge(report, count, {
      seen: lines,
      what: `${lines} are listed below it`,
      operands: [`list from line ${next.line} on`],
    }),
  ];
}

function tableCount(report: ReadReport, count: Quantity, at: number): readonly Finding[] {
  const table = report.tables[at];
  if (table === undefined) return [];
  const data = table.rows.filter((row) => !/^(?:total|sum|mean|average|overall|all)\b/i.test(row.cells[0]?.text ?? ""));
  const heads = table.head.flatMap((head) => stems(head));
  const nounWords = stems(report.sentenceOf(count).text.slice(count.end, count.end + 40)).slice(0, 3);
  if (!nounWords.some((word) => stems(table.head[0] ?? "").includes(word) || heads.slice(0, 1).includes(word)))
    return [];
  return [
    judge(report, count, {
      seen: data.length,
      what: `its table has ${data.length} rows`,
      operands: [`table in line ${table.line}`],
    }),
  ];
}

/** "All 5 tools" here and "10 tools in total" there. */
function twoCounts(report: ReadReport, sentence: Sentence): readonly Finding[] {
  const found =
    /\ball (?:of the |the |our )?(?:[\p{L}\d]+ ){0,3}?([\p{L}]+s) (?:were |are |have been )?(?:registered|available|listed|exported|implemented|tested|deployed)\D{0,12}\(?(\d+)\)?/iu.exec(
      sentence.text,
    );
  const noun = found?.[1];
  const number = found?.[2];
  if (noun === undefined || number === undefined) return [];
  const own = (report.bySentence[sentence.index] ?? []).find((one) => one.digits === number && isCount(one));
  if (own === undefined) return [];
  const others = report.quantities
    .filter((one) => isCount(one) && one !== own && stem(one.noun) === stem(noun) && one.sentence !== sentence.index)
    .slice(0, 50);
  const more = others.find(
    (one) =>
      compare(one.value, own.value) > 0 &&
      /\b(?:total|listed|there are|provides?|exposes?|has|have|of|all|defines?|lists?)\b/i.test(
        report.sentenceOf(one).text,
      ),
  );
  if (more !== undefined)
    return [
      aboutNumber(report, own, {
        outcome: "contradicted",
        because: `elsewhere there are ${more.text} ${more.noun}s`,
        operands: [operand(more)],
      }),
    ];
  const table = report.tables.find((one) => stems(one.head[0] ?? "").includes(stem(noun)));
  if (table === undefined) return [];
  return [
    judge(report, own, {
      seen: table.rows.length,
      what: `its table has ${table.rows.length} rows`,
      operands: [`table in line ${table.line}`],
    }),
  ];
}

const edge =
  /([\p{L}\p{N}_][\p{L}\p{N}_.-]{0,40})(?:\[[^\]\n]{0,60}\]|\([^)\n]{0,60}\))?\s*(?:<?-{2,4}>?|<?={2,4}>?|<?─{1,12}>?|[↔→⟷⇄—]|<->|->)(?:\|[^|\n]{0,40}\|)?\s*(?=([\p{L}\p{N}_][\p{L}\p{N}_.-]{0,40}))/gu;
const mesh =
  /\b(?:full(?:y)?[- ](?:mesh|connected|meshed)|complete mesh|full mesh|mesh topology with all|every (?:agent|node) (?:is )?connected to every other|100 ?% (?:mesh|connectivity|connected))\b/i;

/** A full mesh of n nodes has n(n − 1)/2 edges. */
export function diagramFindings(report: ReadReport): readonly Finding[] {
  const claims = report.sentences
    .filter((one) => mesh.test(one.text) && !/\b(?:not|no|isn't) (?:a )?full/i.test(one.text))
    .slice(0, mostStatements);
  const said = [...claims, ...edgeCounts(report)];
  if (said.length === 0) return [];
  const drawings = [
    ...report.codes
      .slice(0, mostStatements)
      .map((code) => ({ section: code.section, line: code.line, edges: edgesIn(code.lines) })),
    ...listedEdges(report),
  ];
  return said.flatMap((sentence) => {
    const drawing =
      drawings.find((one) => one.edges.size >= 2 && one.section === sentence.section) ??
      drawings.find((one) => one.edges.size >= 2);
    return drawing === undefined ? [] : againstDrawing(report, sentence, drawing);
  });
}

interface Drawing {
  readonly section: number;
  readonly line: number;
  readonly edges: ReadonlySet<string>;
}

function edgesIn(lines: CodeBlock["lines"]): ReadonlySet<string> {
  const edges = new Set<string>();
  for (const line of lines.slice(0, 2000)) {
    for (const [, a = "", b = ""] of line.slice(0, 1000).matchAll(edge))
      if (a !== b) edges.add([a, b].sort().join(" "));
  }
  return edges;
}

/** Bullets that are nothing but an edge: `- a ↔ b`. */
function listedEdges(report: ReadReport): readonly Drawing[] {
  const lists = new Map<number, Sentence[]>();
  for (const one of report.sentences) {
    if (
      one.list !== null &&
      /^[`\uE000]*[\p{L}\p{N}_.-]+[\uE001]* ?(?:↔|→|<->|->|--|—|–) ?[\uE000]*[\p{L}\p{N}_.-]+[\uE001]*$/u.test(one.text)
    )
      lists.set(one.list, [...(lists.get(one.list) ?? []), one]);
  }
  return [...lists.values()].map((own) => ({
    section: own[0]?.section ?? 0,
    line: own[0]?.line ?? 0,
    edges: new Set(
      own.map((one) => (one.text.match(/[\p{L}\p{N}_.]+(?:-[\p{L}\p{N}_.]+)*/gu) ?? []).slice(0, 2).sort().join(" ")),
    ),
  }));
}

function edgeCounts(report: ReadReport): readonly Sentence[] {
  return report.sentences
    .filter((one) => one.kind !== "row" && /\b\d+ (?:edges|connections|links)\b/i.test(one.text))
    .slice(0, 50);
}

function againstDrawing(report: ReadReport, sentence: Sentence, drawing: Drawing): readonly Finding[] {
  const drawn = new Set([...drawing.edges].flatMap((one) => one.split(" "))).size;
  const nodes = Math.max(drawn, saidNodes(sentence));
  const whole = (nodes * (nodes - 1)) / 2;
  const operands = [`drawing in line ${drawing.line}: ${[...drawing.edges].slice(0, 12).join(", ")}`];
  const edges = (report.bySentence[sentence.index] ?? []).find((one) => /^(?:edge|connection|link)$/.test(one.noun));
  if (edges !== undefined && !mesh.test(sentence.text) && sentence.section !== drawing.section) return [];
  const counted =
    edges === undefined
      ? []
      : [judge(report, edges, { seen: drawing.edges.size, what: `${drawing.edges.size} are drawn`, operands })];
  const phrase = mesh.exec(sentence.text)?.[0];
  if (phrase === undefined) return counted;
  const outcome = drawing.edges.size >= whole ? ("proven" as const) : ("contradicted" as const);
  const because = `${drawing.edges.size} of its ${whole} edges are drawn between ${nodes} nodes`;
  const number = (report.bySentence[sentence.index] ?? []).find((one) => one.base === "share");
  return [
    number === undefined
      ? aboutPhrase(sentence, phrase, { outcome, because, operands })
      : aboutNumber(report, number, { outcome, because, operands }),
    ...counted,
  ];
}

function saidNodes(sentence: Sentence): number {
  const found = /\b(\d{1,3}|[a-z]{3,9}) (?:agents?|nodes?|members?)\b/i.exec(sentence.text)?.[1] ?? "";
  return /^\d/.test(found) ? Number(found) : (wordNumber(found) ?? 0);
}
