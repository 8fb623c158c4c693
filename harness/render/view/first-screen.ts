// What must be understood before anything else: the verdict in words, for which target, at which isolation and assurance,
// under which conditions, and what was not tested and why.
import type { ClaimVerdict, Provenance } from "../../claims/types.ts";
import { pages, pageTitle, type PageFile } from "../pages.ts";
import type { RunDocument, RunInfo } from "../run-document.ts";
import {
  assuranceWords,
  claimWords,
  isolationLine,
  layerOrder,
  layerTitles,
  lineOne,
  runWords,
  verdictName,
} from "../words.ts";
import { formatCount, formatDuration } from "../text/format.ts";
import { fact, id, quoted, time, type Text } from "../text/text.ts";
import { resultView, type ResultView } from "./claims-view.ts";

const verdicts: readonly ClaimVerdict[] = ["PASS", "FAIL", "INVALID", "UNDECIDED", "INSUFFICIENT", "NOT_RUN", "INFO"];
const strength: readonly Provenance[] = ["measured", "replayed", "simulated", "modelled", "declared"];

export interface FirstScreen {
  readonly name: string;
  readonly links: readonly {
    readonly file: string;
    readonly title: string;
    readonly about: string;
    readonly current: boolean;
  }[];
  readonly lineOne: Text;
  readonly tone: string;
  readonly glyph: string;
  readonly verdict: string;
  readonly meaning: string;
  readonly subject: Text;
  readonly facts: readonly { readonly label: string; readonly value: Text }[];
  readonly tally: readonly (ResultView & { readonly count: Text; readonly meaning: string })[];
  readonly matrix: readonly {
    readonly title: string;
    readonly cells: readonly (ResultView & { href: string; hint: string })[];
  }[];
  readonly conditions: readonly Text[];
  readonly notTested: readonly Text[];
}

/** `page`: the report it opens; the other pages of the run are linked, and claims stand in the first. */
export function firstScreen(doc: RunDocument, page: PageFile): FirstScreen {
  const words = runWords[doc.verdict];
  return {
    name: pageTitle(page),
    links: pages.map(({ file, title, about }) => ({ file, title, about, current: file === page })),
    lineOne: [lineOne(doc.verdict, doc.run)],
    tone: words.tone,
    glyph: words.glyph,
    verdict: verdictName(doc.verdict, doc.run),
    meaning: words.meaning,
    subject: [id(`e2b-swarm ${doc.run.packageVersion}`), ", commit ", id(doc.run.commit.slice(0, 12)), dirty(doc.run)],
    facts: facts(doc),
    tally: tally(doc),
    matrix: matrix(doc, page === "report" ? "" : "report.html"),
    conditions: doc.conditions.map((condition) => [quoted(condition)]),
    notTested: notTested(doc),
  };
}

function facts(doc: RunDocument): FirstScreen["facts"] {
  const { run } = doc;
  const { assurance } = run;
  return [
    { label: "Target", value: [run.target === "local" ? "local server on this machine" : "E2B's cloud"] },
    { label: "Isolation", value: [quoted(isolationLine(run))] },
    { label: "Provenance", value: provenance(doc) },
    { label: "Assurance", value: [`${assurance}: ${assuranceWords[assurance]}`] },
    { label: "Run", value: [id(run.id), ", attempt ", fact("run.attempt", run.attempt, formatCount(run.attempt))] },
    { label: "Started", value: [time(run.startedAt)] },
    { label: "Took", value: [fact("run.durationMs", run.durationMs, formatDuration(run.durationMs))] },
    {
      label: "Valid until",
      value: run.expiresAt === null ? ["no expiry: nothing here is to be relied on later"] : [time(run.expiresAt)],
    },
  ];
}

function dirty(run: RunInfo): string {
  return run.dirty ? ", with changes that are not committed" : ", clean tree";
}

function provenance(doc: RunDocument): Text {
  const counted = strength.flatMap((name): Text[] => {
    const count = doc.claims.filter((claim) => claim.n > 0 && claim.provenance === name).length;
    return count === 0
      ? []
      : [[`${name} in `, fact(`provenance.${name}`, count, formatCount(count)), count === 1 ? " claim" : " claims"]];
  });
  if (counted.length === 0) return ["nothing was measured"];
  return counted.flatMap((text, index) => (index === 0 ? text : [", ", ...text]));
}

function tally(doc: RunDocument): FirstScreen["tally"] {
  return verdicts.flatMap((verdict) => {
    const count = doc.claims.filter((claim) => claim.verdict === verdict).length;
    const text: Text = [fact(`claims.${verdict}`, count, formatCount(count))];
    return count === 0 ? [] : [{ ...resultView(verdict), count: text, meaning: claimWords[verdict].meaning }];
  });
}

function matrix(doc: RunDocument, base: string): FirstScreen["matrix"] {
  const claims = new Map(doc.claims.map((claim) => [claim.id, claim]));
  return layerOrder.flatMap((layer) => {
    const cells = doc.planned.flatMap((planned) => {
      const claim = claims.get(planned.id);
      if (planned.layer !== layer || claim === undefined) return [];
      const result = resultView(claim.verdict);
      return [
        {
          ...result,
          href: `${base}#${claim.id}`,
          hint: `${result.label}: ${planned.sentence.replace(/\p{Nd}+/gu, "…")}`,
        },
      ];
    });
    return cells.length === 0 ? [] : [{ title: layerTitles[layer], cells }];
  });
}

/** What the run says it left out, the layers it never reached, and each claim without a sample, with its reason. */
function notTested(doc: RunDocument): readonly Text[] {
  const layers = doc.layersNotReached.map((layer): Text => ["The layer ", quoted(layer), " was not reached."]);
  const claims = doc.claims
    .filter((claim) => claim.verdict === "NOT_RUN")
    .map((claim): Text => [id(claim.id), ": ", quoted(claim.notes.join(" ") || "no reason was recorded")]);
  return [...doc.notTested.map((line): Text => [quoted(line)]), ...layers, ...claims];
}
