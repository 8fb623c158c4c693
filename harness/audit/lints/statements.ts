// Sentences that contradict each other: none of a thing and some of it, everything passed and something not run, cleaned
// up and left running. Negations are read, and a summary speaks for the whole report.
import { sameScope, type ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare, zero } from "../numbers/ratio.ts";
import { stem, subject } from "../words.ts";
import { aboutNumber, aboutPhrase, operand, quote } from "./lint.ts";
import { fractionsIn } from "./recompute-shares.ts";

export function matching(report: ReadReport, pattern: RegExp, except?: RegExp): readonly Sentence[] {
  return report.sentences
    .filter((one) => pattern.test(one.text) && except?.test(one.text) !== true)
    .slice(0, mostStatements);
}

const none =
  /\b(?:zero|no|without(?: any)?|0|never any|free of)[ -]((?:[\p{L}]+[ -]){0,2}?)(downtime|loss|outages?|errors?|failures?|crash(?:es)?|orphans?|leaks?|timeouts?|violations?|conflicts?|retries|restarts?|issues?|bugs?|warnings?|mocks?|duplicates?|regressions?)\b/giu;

/** "Zero downtime" and "downtime 3.5 s". */
export function consistencyFindings(report: ReadReport): readonly Finding[] {
  const claims = report.sentences
    .flatMap((sentence) =>
      [...sentence.text.matchAll(none)].map(([phrase, middle = "", noun = ""]) => ({
        sentence,
        phrase,
        middle: subject(middle),
        noun: stem(noun),
      })),
    )
    .filter(
      ({ sentence, noun, phrase }) =>
        noun !== "mock" &&
        !/ (?:on|of|for|in|after|upon|to|when|if) /i.test(phrase) &&
        !/\b(?:target|goal|should|must|expected|if|when|require[sd]?|allow\w*|limit|promise|never claim)\b/i.test(
          sentence.text,
        ),
    )
    .slice(0, mostStatements);
  if (claims.length === 0) return cleanupFindings(report);
  const some = somethings(report);
  const found = claims.flatMap(({ sentence, phrase, middle, noun }) => {
    const against = some.find(
      (one) =>
        one.noun === noun &&
        one.sentence.index !== sentence.index &&
        sameScope(report, sentence.section, one.sentence.section) &&
        middle.every((word) => one.words.includes(word) || word === "critical"),
    );
    if (against !== undefined) {
      return [
        aboutPhrase(sentence, phrase, {
          outcome: "contradicted" as const,
          because: `the report itself gives ${against.quantity.text} of ${noun}`,
          operands: [operand(against.quantity), quote(against.sentence.text)],
        }),
      ];
    }
    return noun === "issue" ? noIssues(report, sentence, phrase) : [];
  });
  return [...found, ...cleanupFindings(report)];
}

interface Something {
  readonly noun: string;
  readonly words: readonly string[];
  readonly sentence: Sentence;
  readonly quantity: Quantity;
}

const things =
  /\b(downtime|loss|outages?|errors?|failures?|crash(?:es)?|orphans?|leaks?|timeouts?|violations?|conflicts?|retries|restarts?|bugs?|warnings?|duplicates?|regressions?|failed|lost)\b/giu;

/** Figures above nothing that stand right beside such a noun. */
function somethings(report: ReadReport): readonly Something[] {
  const found: Something[] = [];
  for (const sentence of report.sentences) {
    const own = report.bySentence[sentence.index] ?? [];
    if (own.length === 0 || own.length > 60 || found.length >= mostStatements) continue;
    for (const match of sentence.text.matchAll(things)) {
      const quantity = beside(sentence, own, { at: match.index, end: match.index + match[0].length });
      if (quantity === null) continue;
      const noun =
        match[0].toLowerCase() === "failed" ? "failure" : match[0].toLowerCase() === "lost" ? "loss" : stem(match[0]);
      found.push({ noun, words: subject(sentence.text), sentence, quantity });
    }
  }
  return found;
}

function beside(
  sentence: Sentence,
  own: readonly Quantity[],
  word: { readonly at: number; readonly end: number },
): Quantity | null {
  const clause = (from: number, to: number): boolean =>
    !/[;.]|\b(?:rate|limit|target|threshold|tolerance|budget|inject\w*|handl\w*|recover\w*|retri\w*|than|bound|most)\b/i.test(
      sentence.text.slice(from, to),
    );
  const good = (one: Quantity): boolean =>
    one.unclaimed === null &&
    compare(one.span.low, zero) > 0 &&
    one.base !== "share" &&
    one.bound !== "<" &&
    one.bound !== "<=";
  const after = own.find(
    (one) =>
      one.at >= word.end &&
      one.at - word.end <= 16 &&
      clause(word.end, one.at) &&
      good(one) &&
      /^[\s:|=~≈$(-]*(?:(?:was|were|is|of|time|duration|total|count)[\s:|=~≈(]*)*$/i.test(
        sentence.text.slice(word.end, one.at),
      ),
  );
  if (after !== undefined) return after;
  const before = own.findLast(
    (one) =>
      one.end <= word.at &&
      word.at - one.end <= 14 &&
      good(one) &&
      /^ (?:of |[\p{L}-]+ ){0,1}$/u.test(sentence.text.slice(one.end, word.at)),
  );
  return before ?? null;
}

/** "No critical issues" with a share of the tests failing. */
function noIssues(report: ReadReport, sentence: Sentence, phrase: string): readonly Finding[] {
  for (const other of matching(
    report,
    /\b(?:fail(?:ed|ing|s|ures?)?|mock(?:ed)?|broken)\b/i,
    /\b(?:no|zero|0|none|never|without) (?:\w+ )?(?:fail|mock|broken)/i,
  )) {
    const own = report.bySentence[other.index] ?? [];
    if (other.index === sentence.index || own.length === 0) continue;
    const failing = own.find(
      (one) =>
        one.unclaimed === null &&
        compare(one.value, zero) > 0 &&
        /^ ?(?:of|\/) ?(?:the )?\d+ ?(?:[\p{L}-]+ ){0,3}(?:are |were |is |still )?fail|^ ?(?:[\p{L}-]+ ){0,2}(?:are |were |is |still )?fail/iu.test(
          other.text.slice(one.end, one.end + 60),
        ),
    );
    const labelled = own.find(
      (one) =>
        /\bfail(?:ed|ing|ures?)(?: \| |: ?)$/i.test(other.text.slice(Math.max(0, one.at - 12), one.at)) &&
        compare(one.value, zero) > 0,
    );
    const count = failing ?? labelled;
    if (count !== undefined)
      return [
        aboutPhrase(sentence, phrase, {
          outcome: "contradicted",
          because: "the report itself counts what fails",
          operands: [operand(count), quote(other.text)],
        }),
      ];
  }
  return [];
}

const cleaned =
  /\b(?:clean(?:ed|s|up)?(?: |-)?(?:up )?(?:is |are |was |were )?(?:fully |completely )?automatic(?:ally)?|automatic(?:ally)? (?:resource )?clean(?:ed|up|s)?(?: up)?|all (?:sandboxes|resources|agents|instances) (?:were |are |have been )?(?:\w+ )?(?:terminated|destroyed|removed|cleaned(?: up)?|released)|no (?:sandbox(?:es)?|resources?|orphans?) (?:is |are |was |were )?left(?: behind| running)?|nothing (?:is |was )?left (?:behind|running)|resource cleanup:? (?:is )?automatic)\b/i;
const leftOver =
  /\b(?:left running|still running|remain(?:s|ed|ing)? (?:active|running|up)|not (?:terminated|destroyed|cleaned|removed|stopped)|must be (?:terminated|destroyed|removed|stopped) (?:by hand|manually)|manual(?:ly)? (?:clean\w*|terminat\w*|destroy\w*)|keeps? running|orphaned?)\b/i;

function cleanupFindings(report: ReadReport): readonly Finding[] {
  const claims = matching(report, cleaned);
  if (claims.length === 0) return [];
  const against = matching(
    report,
    leftOver,
    /\b(?:no|none|zero|0|nothing|not|never|without)\b[^.;]{0,40}\b(?:left running|still running|remain|orphan|not terminated)/i,
  ).find((one) => !cleaned.test(one.text) || one.text.length > 400);
  if (against === undefined) return [];
  return claims.map((claim) =>
    aboutPhrase(claim, cleaned.exec(claim.text)?.[0] ?? claim.text, {
      outcome: "contradicted",
      because: "elsewhere the report leaves them running",
      operands: [`line ${against.line}: ${quote(against.text)}`],
    }),
  );
}

const absent =
  /\b(?:not (?:yet )?(?:been )?(?:built|run|executed|installed|started|compiled|available|implemented|deployed|tested|reached|completed)|never (?:ran|run|executed|started)|skipped|binary (?:is )?missing|could not (?:be )?(?:run|start|started|built)|un(?:available|built)|failed to (?:build|start|compile)|disabled|was missing|is missing)\b/i;
const notAbsent =
  /\b(?:0|zero|no|none|not|never|nothing|without) (?:\w+ )?(?:was |were )?skipped|skipped:? ?\|? ?(?:0|none)|if |when |unless |may be |a skip|never a pass|is not a pass/i;

/** "4/4 passed" beside "server not built". */
export function notRunFindings(report: ReadReport): readonly Finding[] {
  const missing = matching(report, absent, notAbsent).map((sentence) => ({
    sentence,
    words: [...named(sentence.text), ...report.titles(sentence.section)],
  }));
  if (missing.length === 0) return [];
  return report.sentences.flatMap((sentence) => {
    const own = report.bySentence[sentence.index] ?? [];
    if (
      own.length < 2 ||
      own.length > 60 ||
      !/\b(?:pass\w*|tests?|success\w*|ok|complete\w*|100 ?%)\b|[✓✔✅]/iu.test(
        `${sentence.text} ${tableHead(report, sentence)}`,
      )
    )
      return [];
    const full = fractionsIn(own, sentence.text).find(
      ({ part, whole }) => compare(part.value, whole.value) === 0 && compare(whole.value, zero) > 0,
    );
    if (full === undefined || /\b(?:fail|skip)\w*\b/i.test(sentence.text.slice(full.whole.end, full.whole.end + 10)))
      return [];
    const words = named(sentence.text);
    const against = missing.find((one) => one.sentence.index === sentence.index || aboutSame(one.words, words));
    const all = against ?? (isOverall(sentence.text) ? missing.find((one) => partOfAll(report, one.words)) : undefined);
    if (all === undefined) return [];
    return [
      aboutNumber(report, full.part, {
        outcome: "contradicted" as const,
        because: "what was not run cannot have passed",
        operands: [`line ${all.sentence.line}: ${quote(all.sentence.text)}`],
      }),
    ];
  });
}

function tableHead(report: ReadReport, sentence: Sentence): string {
  return sentence.table === null ? "" : (report.tables[sentence.table]?.head ?? []).join(" ");
}

const plainWords = new Set(
  "test tests suite suites layer passed pass passing server result results status validation overall total check checks all run build built binary success rate coverage complete"
    .split(" ")
    .map(stem),
);

function named(text: string): readonly string[] {
  return subject(text).filter((word) => !plainWords.has(word) && word.length > 2);
}

function aboutSame(a: readonly string[], b: readonly string[]): boolean {
  return (
    a.some(
      (word) =>
        b.includes(word) &&
        /^(?:mcp|cli|api|sdk|gpu|ui|backend|frontend|database|redis|postgre\w*|docker|kubernete|trading|production|consensu|network|cloud|neural|python|rust|e2e|integration|stress|performance|isolation|browser|mobile|worker|scheduler|broker|gateway|[a-z]+-[a-z]+)$/.test(
          word,
        ),
    ) || a.filter((word) => b.includes(word)).length >= 2
  );
}

function isOverall(text: string): boolean {
  return /\b(?:all|overall|total|every|full|complete)\b/i.test(text);
}

/** What was not run is one of the things that are counted as passed somewhere. */
function partOfAll(report: ReadReport, words: readonly string[]): boolean {
  return report.grids
    .slice(0, mostStatements)
    .some((grid) => grid.rows.some((row) => aboutSame(words, subject(row.label)) && row.all.flat().length > 0));
}
