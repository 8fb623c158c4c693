// Claims that no arithmetic can refute and no figure here supports: a perfect rate without its bound, scores given by the
// author, costs without a price list, and approvals without a key.
import { lowerBoundPpm } from "../../certify/statistics/proportion-gate.ts";
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Quantity, Sentence } from "../model.ts";
import { compare, one, ratio } from "../numbers/ratio.ts";
import { wordNumber } from "../words.ts";
import { aboutNumber, aboutPhrase, fits, operand } from "./lint.ts";
import { fractionsIn, isCount, type Fraction } from "./recompute-shares.ts";

const alpha = 0.05;
const mostTrials = 1_000_000;
const perfect =
  /\b(?:reliab\w*|success(?: rate|ful)?|uptime|availab\w*|fault[- ]toleran\w*|surviv\w*|robust\w*|guarantee\w*|integrity|certain\w*|pass(?:ed| rate)?|recover\w*|resilien\w*|stab(?:le|ility)|accura\w*|correct\w*)\b/i;
const boundSaid =
  /\b(?:lower bound|upper bound|confidence|clopper|at least [\d.]+ ?% (?:at|with)|wilson|interval|supports?)\b/i;

/** "22/22, 100 % reliable" and "survives any failure" from one trial. */
export function boundFindings(report: ReadReport): readonly Finding[] {
  const shares = report.quantities.filter((quantity) => quantity.base === "share" && quantity.unclaimed === null);
  const rates = shares.flatMap((quantity) => {
    const sentence = report.sentenceOf(quantity);
    const head = quantity.cell === null ? "" : (report.tables[quantity.cell.table]?.head[quantity.cell.column] ?? "");
    const context = `${head} ${sentence.text}`;
    const fraction = fractionsIn(report.bySentence[sentence.index] ?? [], sentence.text)[0];
    if (boundSaid.test(sentence.text)) return fraction === undefined ? [] : saidBound(report, quantity, fraction);
    if (
      compare(quantity.value, one) !== 0 ||
      quantity.bound !== null ||
      !(perfect.test(context) || fraction !== undefined)
    )
      return [];
    const trials = fraction ?? trialsNear(report, sentence);
    return [
      aboutNumber(report, quantity, {
        outcome: "unsupported" as const,
        because: sentenceFor(trials),
        operands: trials === null ? [] : trialOperands(trials),
      }),
    ];
  });
  return [...rates, ...always(report)];
}

function sentenceFor(trials: Fraction | Quantity | null): string {
  if (trials === null) return "a rate of the whole needs its number of trials and a bound; no trial is counted here";
  const n = Number("whole" in trials ? trials.whole.digits : trials.digits);
  const k = Number("whole" in trials ? trials.part.digits : trials.digits);
  if (!Number.isSafeInteger(n) || n < 1 || n > mostTrials || k > n)
    return "a rate needs its number of trials and a bound";
  return `${k} of ${n} supports a rate of at least ${percentText(lowerBoundPpm(k, n, alpha))} at 95 % confidence, no more`;
}

function percentText(ppm: number): string {
  return `${Math.floor(ppm / 1000) / 10} %`;
}

function trialOperands(trials: Fraction | Quantity): readonly string[] {
  return "whole" in trials ? [operand(trials.part), operand(trials.whole)] : [operand(trials)];
}

const trialNoun = /^(?:trial|run|kill|failure|fault|test|attempt|experiment|scenario|simulation|injection)s?$/;

/** A count of trials in the same section. */
function trialsNear(report: ReadReport, sentence: Sentence): Quantity | null {
  const from = Math.max(0, sentence.index - 12);
  for (const other of report.sentences.slice(from, sentence.index + 13)) {
    if (other.section !== sentence.section) continue;
    const found = (report.bySentence[other.index] ?? []).find(
      (quantity) => isCount(quantity) && trialNoun.test(quantity.noun) && quantity.cell === null,
    );
    if (found !== undefined) return found;
  }
  return null;
}

/** A printed lower bound is recomputed exactly. */
function saidBound(report: ReadReport, quantity: Quantity, { part, whole }: Fraction): readonly Finding[] {
  const { text } = report.sentenceOf(quantity);
  const near = text.slice(Math.max(0, quantity.at - 40), quantity.at);
  if (
    !/\b(?:lower bound|at least|supports?)\b/i.test(near) ||
    /\b9\d(?:\.\d)? ?%? ?confidence/i.test(text.slice(quantity.at, quantity.end + 14))
  )
    return [];
  const [k, n] = [Number(part.digits), Number(whole.digits)];
  if (n < 1 || n > mostTrials || k > n) return [];
  const level = /(\d{2}(?:\.\d+)?) ?% confidence/i.exec(text)?.[1];
  const tail = level === undefined ? alpha : (100 - Number(level)) / 100;
  if (!(tail > 0 && tail < 0.5)) return [];
  const ppm = lowerBoundPpm(k, n, tail);
  const span = { low: ratio(BigInt(ppm), 1_000_000n), high: ratio(BigInt(ppm + 1), 1_000_000n) };
  const operands = [operand(part), operand(whole)];
  if (fits(span, quantity, "cut"))
    return [
      aboutNumber(report, quantity, {
        outcome: "proven",
        because: "it is the exact one-sided bound of its counts",
        operands,
      }),
    ];
  // A two-sided interval halves the tail.
  const other = lowerBoundPpm(k, n, tail / 2);
  if (fits({ low: ratio(BigInt(other), 1_000_000n), high: ratio(BigInt(other + 1), 1_000_000n) }, quantity, "cut")) {
    return [
      aboutNumber(report, quantity, {
        outcome: "proven",
        because: "it is the exact two-sided bound of its counts",
        operands,
      }),
    ];
  }
  if (compare(quantity.span.high, span.low) < 0) return [];
  return [
    aboutNumber(report, quantity, {
      outcome: "contradicted",
      because: `${k} of ${n} gives a lower bound of ${percentText(ppm)}`,
      operands,
    }),
  ];
}

const everything =
  /\b(?:survives? (?:any|all|every)(?: \w+){0,3}|can ?not fail|never fails?|(?:tolerates?|handles?) (?:any|all|every) (?:\w+ )?failures?|N ?[-−–] ?1 (?:fault tolerance|agents?|failures?)[^.;|]{0,40}(?:proven|confirmed|demonstrated|verified)|fault tolerance (?:proven|confirmed|demonstrated|verified))\b/i;

function always(report: ReadReport): readonly Finding[] {
  return report.sentences
    .filter((sentence) => everything.test(sentence.text))
    .slice(0, mostStatements)
    .map((sentence) => {
      const trials = trialsNear(report, sentence) ?? null;
      const word = /\b(one|a single|two|three) (?:\w+ )?(?:kill|failure|trial|test)s?\b/i.exec(sentence.text)?.[1];
      const n = word === undefined ? null : word.toLowerCase() === "a single" ? 1 : wordNumber(word);
      const because =
        n === null || n === 0
          ? sentenceFor(trials)
          : `${n} of ${n} supports a rate of at least ${percentText(lowerBoundPpm(n, n, alpha))} at 95 % confidence, no more`;
      return aboutPhrase(sentence, everything.exec(sentence.text)?.[0] ?? sentence.text, {
        outcome: "unsupported",
        because,
        operands: trials === null ? [] : [operand(trials)],
      });
    });
}

const scoreHead = /\b(?:score|rating|grade|stars?|points)\b/i;

/** Scores without a denominator of checks: never averaged, never proven. */
export function declaredFindings(report: ReadReport): readonly Finding[] {
  return report.quantities.flatMap((quantity) => {
    if (
      quantity.unclaimed !== null ||
      quantity.base === "time" ||
      quantity.base === "money" ||
      quantity.base === "bytes"
    )
      return [];
    const counts = quantity.noun !== "" && !/^(?:point|star|out|of|percent|and|overall)$/.test(quantity.noun);
    if (counts && quantity.cell === null) return [];
    const sentence = report.sentenceOf(quantity);
    const head = quantity.cell === null ? null : (report.tables[quantity.cell.table]?.head[quantity.cell.column] ?? "");
    const near = sentence.text.slice(Math.max(0, quantity.at - 40), quantity.end + 12);
    const scored =
      head === null ? /\b(?:score|rating|grade|readiness|confidence level)\b/i.test(near) : scoreHead.test(head);
    if (!scored || /\b(?:z-score|brier|f1|sharpe|score function|t-score)\b/i.test(`${head ?? ""} ${near}`)) return [];
    const counted = fractionsIn(report.bySentence[sentence.index] ?? [], sentence.text).some(
      ({ part, whole }) =>
        whole.digits !== "100" && whole.digits !== "10" && whole.digits !== "5" && Math.abs(part.at - quantity.at) < 60,
    );
    if (counted) return [];
    return [
      aboutNumber(report, quantity, {
        outcome: "unsupported" as const,
        because: "a score that its author gave; no count of checks stands behind it",
      }),
    ];
  });
}

const costWords = /\b(?:cost|price|budget|spend|spent|bill|charge|daily|per day|per hour|hourly|total)\b/i;

/** Money without a price list that has an address and a date. */
export function priceFindings(report: ReadReport): readonly Finding[] {
  const money = report.quantities.filter((quantity) => quantity.base === "money" && quantity.unclaimed === null);
  if (money.length === 0 || hasPriceSource(report)) return [];
  return money.flatMap((quantity) => {
    const { text } = report.sentenceOf(quantity);
    const section = report.sections[report.sentenceOf(quantity).section]?.title ?? "";
    const head = quantity.cell === null ? "" : (report.tables[quantity.cell.table]?.head.join(" ") ?? "");
    if (!costWords.test(`${text} ${section} ${head}`) && quantity.per === "") return [];
    return [
      aboutNumber(report, quantity, {
        outcome: "unsupported" as const,
        because: "no price list with an address and a date is named, so the cost cannot be recomputed",
      }),
    ];
  });
}

const source = /\b(?:price list|pricing|price book|prices?|tariff|rates? (?:from|of))\b/i;
const address = /https?:\/\/|\b[a-z0-9-]+\.(?:dev|com|org|io|net)\b|sha-?256|\b[0-9a-f]{40,64}\b/i;
const dated =
  /\b\d{4}-\d{2}(?:-\d{2})?\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}?,? ?\d{4}\b/i;

function hasPriceSource(report: ReadReport): boolean {
  return report.sentences.some((sentence) => {
    if (!source.test(sentence.text)) return false;
    const near = [report.sentences[sentence.index - 1], sentence, report.sentences[sentence.index + 1]]
      .map((other) => other?.text ?? "")
      .join(" ");
    return address.test(near) && dated.test(near);
  });
}

const approval =
  /\b(?:certified|approved|signed[- ]off|sign-off|endorsed|validated|attested)(?: for [\p{L} ]{3,30})? by[: |]+(?:the )?([\p{L}][\p{L}\p{N} .&-]{2,60})|\b(?:sign-off|certification|approval)\b[^.|]{0,40}(?:\||:) ?(?:approved|certified|complete|✅|✓)|\b(?:approved|certified) for production\b|\bcertified production[- ]ready\b/iu;
const key =
  /\b(?:SHA256:[0-9a-zA-Z+/=]{16,}|ed25519|gpg|pgp|dsse|sigstore|cosign|signature|fingerprint|key ?id|in-toto|x\.?509|public key)\b/i;

/** Approved by people, with no key and no signature. */
export function signerFindings(report: ReadReport): readonly Finding[] {
  return report.sentences
    .filter(
      (sentence) =>
        approval.test(sentence.text) &&
        !/\b(?:not|never|cannot|must|should|would|if|no one|nobody|refuses?|un)\b/i.test(sentence.text),
    )
    .slice(0, mostStatements)
    .flatMap((sentence) => {
      const near = report.sentences
        .slice(Math.max(0, sentence.index - 3), sentence.index + 4)
        .map((other) => other.text);
      if (near.some((text) => key.test(text))) return [];
      return [
        aboutPhrase(sentence, approval.exec(sentence.text)?.[0] ?? sentence.text, {
          outcome: "unsupported",
          because: "an approval without a key or a signature over this report names nobody",
        }),
      ];
    });
}
