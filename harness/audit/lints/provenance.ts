// What a report says about its own origin: real and simulated at once, times and costs from a simulation, and a local time
// in a sentence about the cloud. Denials ("nothing is mocked") are no admissions.
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Sentence } from "../model.ts";
import { aboutNumber, aboutPhrase, quote } from "./lint.ts";
import { matching } from "./statements.ts";

const admission =
  /\b(?:simulat(?:ed|ion mode|ion)|mock(?:ed|s)?|stub(?:bed|s)?|scripted|fak(?:e|ed)|dry[- ]run|in demo mode|placeholder|canned|synthetic|emulated)\b/i;
const denied =
  /\b(?:no|not|never|non|without|zero|0|neither|nor|nothing|isn't|wasn't|instead of|rather than|un)\b[- ](?:[\p{L}]+[ -]){0,3}?(?:simulat|mock|stub|scripted|fake|placeholder|canned|synthetic|emulated)|\b(?:refus\w*|reject\w*|detect\w*|downgrad\w*|cannot|can not|if |would|could|may |for comparison)\b/iu;
const real =
  /\b(?:real (?:e2b )?(?:api|sandbox(?:es)?|calls?|data|network|measurements?|kill|failure|test(?:s|ing)?|trading|deployment)|actual (?:api|calls?|measurements?|sandbox(?:es)?)|live (?:api|calls?|sandbox(?:es)?|system)|no mocks?|not mocked|without mocks?|(?:really |actually )measured|genuine)\b/i;

/** An admission about what was done, not a word in passing. */
const wasSimulated =
  /\b(?:is|are|was|were|ran|run|been|being|returned|returns?|used|uses|using|in|only|answers?) (?:[\p{L}]+ ){0,2}?(?:simulat\w*|mock\w*|stub\w*|fake\w*|synthetic|canned|scripted)|\b(?:mock(?:ed)?|simulated|fake|stub(?:bed)?|canned|synthetic) (?:responses?|answers?|data|results?|mode|api|calls?|sandbox(?:es)?|environment)|\bsimulation mode|\bmock mode|\(simulated\)|\bsimulated$/iu;
const saidDone =
  /\b(?:verified|confirmed|tested|used|made|ran|calls?|called|test(?:ing)?|measured|no mocks?|not mocked|without mocks?|comes?|came|returned|answered|validated|executed|successful\w*|proven|against|responded|deployed|created)\b|[✓✔✅☑]/iu;

/** "Real API, no mocks" in a report whose answers are mocked. */
export function transportWitness(report: ReadReport): readonly Finding[] {
  const admitted = admissions(report).filter((one) => wasSimulated.test(one.text));
  const [first] = admitted;
  if (first === undefined) return [];
  const except =
    /\b(?:need|needs|requires?|optional|next|should|would|todo|to do|recommend\w*|not (?:yet )?(?:tested|verified|real)|no real|without real|instead of|future|later|if|when|can|may)\b/i;
  const claims = matching(report, real, except).filter(
    (one) => saidDone.test(one.text) && !(admitted.includes(one) && !/no mock|not mocked/i.test(one.text)),
  );
  return claims.map((one) => {
    const against = admitted.find((other) => other.index !== one.index) ?? first;
    const phrase = real.exec(one.text)?.[0] ?? one.text;
    const number = (report.bySentence[one.index] ?? []).find(
      (quantity) => quantity.base === "time" && quantity.unclaimed === null,
    );
    const operands = [`line ${against.line}: ${quote(against.text)}`];
    const what = {
      outcome: "contradicted" as const,
      because: "elsewhere the report says that this was simulated",
      operands,
    };
    return number === undefined ? aboutPhrase(one, phrase, what) : aboutNumber(report, number, what);
  });
}

function admissions(report: ReadReport): readonly Sentence[] {
  return matching(report, admission, denied);
}

/** Times, rates and reliability in a sentence or section that says it was simulated. */
export function simulatedFindings(report: ReadReport): readonly Finding[] {
  const admitted = admissions(report);
  if (admitted.length === 0) return [];
  const sections = new Set(admitted.filter((one) => one.kind !== "row").map((one) => one.section));
  const own = new Set(admitted.map((one) => one.index));
  return report.quantities.flatMap((quantity) => {
    const sentence = report.sentenceOf(quantity);
    const inside = own.has(sentence.index);
    if (quantity.unclaimed !== null || (!inside && !sections.has(sentence.section))) return [];
    const strong =
      quantity.base === "time" ||
      quantity.base === "share" ||
      (quantity.base === "count" && quantity.per !== "") ||
      quantity.base === "money";
    if (!strong || (sentence.section === 0 && !inside)) return [];
    const because = inside
      ? "its own sentence says it was simulated; simulated values support no time, rate or cost"
      : "its section says that this was simulated; simulated values support no time, rate or cost";
    return [aboutNumber(report, quantity, { outcome: "unsupported" as const, because })];
  });
}

const cloud =
  /\b(?:e2b(?:'s)? cloud|the cloud|cloud (?:api|sandbox\w*|latency|performance)|production (?:cloud|latency)|on aws|on gcp|on azure)\b/i;
const here =
  /\b(?:localhost|127\.0\.0\.1|loopback|local (?:server|machine|target|emulator|mock)|on (?:my|a|one) laptop|in[- ]process|emulator)\b/i;

/** A local time in a sentence about the cloud. */
export function targetFindings(report: ReadReport): readonly Finding[] {
  return matching(report, cloud, /\b(?:not|no|nothing|against|versus|vs|compared|than|while|whereas|unlike)\b/i)
    .filter((one) => here.test(one.text))
    .flatMap((one) =>
      (report.bySentence[one.index] ?? [])
        .filter((quantity) => quantity.unclaimed === null && (quantity.base === "time" || quantity.per !== ""))
        .map((quantity) =>
          aboutNumber(report, quantity, {
            outcome: "contradicted" as const,
            because: "it was measured against a local server and speaks about the cloud",
          }),
        ),
    );
}
