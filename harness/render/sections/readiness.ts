// The readiness checklist and the category scores. An item is verified when every claim it is bound to holds, refuted when
// one of them is refuted, and "not verified" otherwise; a score is a count of evidenced checks with its denominator.
import { isBoundTo, readiness, type ReadinessItem } from "../../claims/readiness.ts";
import type { Claim } from "../../claims/types.ts";
import { head, note, number, part, stateCell, table, text, type Cell, type Section } from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { formatCount } from "../text/format.ts";
import { fact, id, type Text } from "../text/text.ts";
import { claimWords, layerOrder, layerTitles } from "../words.ts";

type ItemState = "verified" | "refuted" | "not verified";

interface JudgedItem {
  readonly item: ReadinessItem;
  readonly state: ItemState;
  readonly bound: readonly Claim[];
  readonly why: string;
}

export interface JudgedGroup {
  readonly title: string;
  readonly items: readonly JudgedItem[];
  readonly verified: number;
}

export function readinessGroups(doc: RunDocument): readonly JudgedGroup[] {
  return readiness.map(({ title, items }) => {
    const judged = items.map((item) => judgeItem(item, doc));
    return { title, items: judged, verified: judged.filter(({ state }) => state === "verified").length };
  });
}

function judgeItem(item: ReadinessItem, doc: RunDocument): JudgedItem {
  const patterns = item.claims.map((pattern) => doc.claims.filter((claim) => speaks(pattern, claim, doc)));
  const bound = [...new Set(patterns.flat())];
  const open = (why: string): JudgedItem => ({ item, state: "not verified", bound, why });
  if (item.claims.length === 0) return open("no claim of the plan is bound to it");
  if (item.target !== undefined && item.target !== doc.run.target) {
    return { ...open(`it speaks about the ${item.target}, and this run had another target`), bound: [] };
  }
  const refuted = bound.some((claim) => stateOf(claim, doc) === "refuted");
  if (refuted) return { item, state: "refuted", bound, why: "a claim it is bound to does not hold" };
  if (patterns.some((claims) => claims.length === 0)) return open("the plan holds no claim that could show it");
  if (bound.every((claim) => stateOf(claim, doc) === "verified")) return { item, state: "verified", bound, why: "" };
  return open("a claim it is bound to is not decided");
}

/** Claims about the other target, and claims that only inform, show nothing here. */
function speaks(pattern: string, claim: Claim, doc: RunDocument): boolean {
  const planned = doc.planned.find((one) => one.id === claim.id);
  if (planned === undefined || planned.need === "info") return false;
  const ours = claim.id.startsWith(`c-${doc.run.target}.`) || planned.subject === "own-code";
  return ours && isBoundTo(pattern, claim.id);
}

/** A claim holds only together with the checks that cite it. */
function stateOf(claim: Claim, doc: RunDocument): ItemState {
  const checks = doc.checks.filter((check) => check.claimId === claim.id);
  if (claim.verdict === "FAIL" || claim.verdict === "INVALID") return "refuted";
  if (checks.some((check) => check.state === "failed")) return "refuted";
  const held = checks.every((check) => check.state === "passed");
  return claim.verdict === "PASS" && held ? "verified" : "not verified";
}

const tones = { verified: "good", refuted: "bad", "not verified": "open" } as const;

export function readinessSection(doc: RunDocument): Section {
  const groups = readinessGroups(doc);
  return {
    id: "readiness",
    title: "Readiness",
    blocks: [
      note(
        "Each item is decided by the claims beside it. An item that no claim is bound to, or whose claims are not decided, is not verified.",
      ),
      ...groups.flatMap((group) => [
        part(group.title),
        table(`Readiness: ${group.title}`, ["State", "Item", "Bound to"], group.items.map(itemRow), "No item."),
      ]),
    ],
  };
}

function itemRow({ item, state, bound, why }: JudgedItem): readonly Cell[] {
  const claims = bound.flatMap((claim, index): Text => [index === 0 ? "" : ", ", id(claim.id)]);
  const reason = why === "" ? "" : bound.length === 0 ? why : ` (${why})`;
  return [stateCell(tones[state], state), head(item.text), text(...claims, reason)];
}

/** Counts per layer, per group of the checklist and per kind of claim: evidenced, of how many. */
export function scoresSection(doc: RunDocument): Section {
  const layers = layerOrder.map((layer) => {
    const checks = doc.checks.filter((check) => check.layer === layer);
    return { name: `Checks: ${layerTitles[layer]}`, key: `layer.${layer}`, states: checks.map((check) => check.state) };
  });
  const groups = readinessGroups(doc).map((group) => ({
    name: `Readiness: ${group.title}`,
    key: `readiness.${group.title.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`,
    states: group.items.map(({ state }) => (state === "verified" ? "passed" : state)),
  }));
  const rows = [...layers, ...kinds(doc), ...groups];
  return {
    id: "scores",
    title: "Scores",
    blocks: [
      note("A score is a count of what the evidence decided, with its denominator. Nothing is averaged or weighted."),
      table(
        "Scores",
        ["State", "Category", "#Held", "#Of"],
        rows.map(({ name, key, states }) => scoreRow(name, key, states)),
        "Nothing was planned.",
      ),
    ],
  };
}

function kinds(doc: RunDocument) {
  const gating = new Set(doc.planned.filter(({ need }) => need !== "info").map((planned) => planned.id));
  const all = doc.claims.filter((claim) => gating.has(claim.id));
  return [...new Set(all.map((claim) => claim.kind))].sort().map((kind) => ({
    name: `Claims: ${kind}`,
    key: `kind.${kind}`,
    states: all
      .filter((claim) => claim.kind === kind)
      .map(({ verdict }) => (verdict === "PASS" ? "passed" : claimWords[verdict].tone === "bad" ? "failed" : "open")),
  }));
}

function scoreRow(name: string, key: string, states: readonly string[]): readonly Cell[] {
  const held = states.filter((state) => state === "passed").length;
  const bad = states.some((state) => state === "failed" || state === "refuted");
  const whole = held === states.length && states.length > 0;
  const state = bad ? stateCell("bad", "refuted") : whole ? stateCell("good", "whole") : stateCell("open", "in part");
  const counts = [
    number(fact(`score.${key}.held`, held, formatCount(held))),
    number(fact(`score.${key}.of`, states.length, formatCount(states.length))),
  ];
  return [states.length === 0 ? stateCell("open", "not measured") : state, head(name), ...counts];
}
