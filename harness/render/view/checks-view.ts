// The named checks by layer. A failed one shows what was expected and what was seen, word for word.
import type { CheckRecord, RunDocument } from "../run-document.ts";
import { layerOrder, layerTitles } from "../words.ts";
import { formatCount, formatDuration } from "../text/format.ts";
import { fact, quoted, type Text } from "../text/text.ts";
import { resultView, type ResultView } from "./claims-view.ts";

const MOST_FAILURES = 20;
const MOST_CHARACTERS = 2_000;

interface FailureView {
  readonly what: Text;
  readonly expected: Text;
  readonly observed: Text;
}

interface CheckRow extends ResultView {
  readonly href: string;
  readonly title: Text;
  readonly counts: Text;
  readonly reason: Text;
  readonly failures: readonly FailureView[];
  readonly hidden: Text;
}

export interface CheckGroup {
  readonly title: string;
  readonly summary: Text;
  readonly rows: readonly CheckRow[];
}

export function checkGroups(doc: RunDocument): readonly CheckGroup[] {
  return layerOrder.flatMap((layer) => {
    const checks = doc.checks.filter((check) => check.layer === layer);
    if (checks.length === 0) return [];
    const held = checks.filter((check) => check.state === "passed" || check.state === "held").length;
    const summary: Text = [
      fact(`checks.${layer}.held`, held, formatCount(held)),
      " of ",
      fact(`checks.${layer}.total`, checks.length, formatCount(checks.length)),
      " hold",
    ];
    return [{ title: layerTitles[layer], summary, rows: checks.map((check) => checkRow(check)) }];
  });
}

export function checkVerdict(check: CheckRecord): "PASS" | "FAIL" | "NOT_RUN" {
  switch (check.state) {
    case "passed":
    case "held":
      return "PASS";
    case "failed":
      return "FAIL";
    case "not-run":
      return "NOT_RUN";
  }
}

function checkRow(check: CheckRecord): CheckRow {
  const more = check.failures.length - MOST_FAILURES;
  const name = `check.${check.id}`;
  return {
    ...resultView(checkVerdict(check)),
    href: `#${check.claimId}`,
    title: [quoted(check.title)],
    counts: counts(check),
    reason: check.reason === "" ? [] : [quoted(cut(check.reason))],
    failures: check.failures.slice(0, MOST_FAILURES).map((failure) => ({
      what: [quoted(cut(failure.what))],
      expected: [quoted(cut(failure.expected))],
      observed: [quoted(cut(failure.observed))],
    })),
    hidden: more > 0 ? [fact(`${name}.hidden`, more, formatCount(more)), " more are in results.json"] : [],
  };
}

function counts(check: CheckRecord): Text {
  const name = `check.${check.id}`;
  if (check.observations === 0) return ["no observation"];
  const failed: Text =
    check.failed === 0 ? [] : [fact(`${name}.failed`, check.failed, formatCount(check.failed)), " against, "];
  return [
    fact(`${name}.observations`, check.observations, formatCount(check.observations)),
    check.observations === 1 ? " observation, " : " observations, ",
    ...failed,
    fact(`${name}.durationMs`, check.durationMs, formatDuration(check.durationMs)),
  ];
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)} … (cut; whole in results.json)`;
}
