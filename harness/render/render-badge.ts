// The badge: verdict with target, one claim with its bound and n, and the day it expires. Green for CERTIFIED only; grey as
// soon as it has expired. badge.json is what a shields endpoint reads, so it holds no member that such a reader does not know.
import type { Claim, RunVerdict } from "../claims/types.ts";
import { canonicalJson } from "./canonical-json.ts";
import { checkDocument } from "./check-document.ts";
import type { RunDocument } from "./run-document.ts";
import { quantityName, valueText } from "./text/claim-marks.ts";
import { formatCount } from "./text/format.ts";
import { escapeMarkup } from "./text/html-text.ts";
import { plainText } from "./text/text.ts";
import { verdictName } from "./words.ts";

interface Badge {
  readonly label: string;
  readonly message: string;
  readonly color: string;
  /** What the figures of the message are those of. */
  readonly claim: Claim | null;
  readonly expired: boolean;
}

const grey = "#6b7280";
const colors: Readonly<Record<RunVerdict, string>> = {
  CERTIFIED: "#17694a",
  CONDITIONAL: "#8a5300",
  INCOMPLETE: "#4b5a6b",
  REFUSED: "#a32432",
};

/** `nowMs` is null while the run writes its own badge: nothing has expired then. */
function badgeOf(doc: RunDocument, nowMs: number | null): Badge {
  const { run, verdict } = doc;
  const expired = nowMs !== null && run.expiresAt !== null && nowMs >= Date.parse(run.expiresAt);
  const claim = shownClaim(doc);
  const figures =
    claim === null
      ? "no claim decided"
      : `${claim.metric} ${quantityName(claim)} ${plainText(valueText(claim))}, n ${formatCount(claim.n)}`;
  const expiry = run.expiresAt === null ? "no expiry" : `until ${run.expiresAt.slice(0, 10)}`;
  const name = expired ? `expired ${run.expiresAt?.slice(0, 10) ?? ""} (${run.target})` : verdictName(verdict, run);
  return {
    label: "e2b-swarm",
    message: expired ? name : `${name} · ${figures} · ${expiry}`,
    color: expired ? grey : colors[verdict],
    claim: expired ? null : claim,
    expired,
  };
}

/** A required claim that decided: a latency bound before a rate, the higher quantile first; else any that gates. */
function shownClaim(doc: RunDocument): Claim | null {
  const needs = new Map(doc.planned.map((planned) => [planned.id, planned.need]));
  const decided = doc.claims.filter(
    (claim) => claim.value !== null && claim.n > 0 && needs.get(claim.id) !== "info" && claim.target === doc.run.target,
  );
  const rank = (claim: Claim): number =>
    (needs.get(claim.id) === "required" ? 0 : 10) +
    (claim.estimator === "quantile.upper" ? 0 : claim.estimator === "proportion.lower" ? 1 : 2);
  return [...decided].sort((a, b) => rank(a) - rank(b) || (b.qPpm ?? 0) - (a.qPpm ?? 0))[0] ?? null;
}

/** Members of a shields endpoint answer. Pure; throws on a document with holes. */
export function renderBadgeJson(doc: RunDocument, nowMs: number | null = null): string {
  checkDocument(doc);
  const { label, message, color, expired } = badgeOf(doc, nowMs);
  const isError = expired || doc.verdict === "REFUSED" || doc.verdict === "INCOMPLETE";
  return `${canonicalJson({ schemaVersion: 1, label, message, color, isError, cacheSeconds: 3_600 })}\n`;
}

const letter = 6.6;
const pad = 9;
const height = 20;

/** The same as a drawing that needs nothing from elsewhere. Pure; throws on a document with holes. */
export function renderBadgeSvg(doc: RunDocument, nowMs: number | null = null): string {
  checkDocument(doc);
  const { label, message, color, claim } = badgeOf(doc, nowMs);
  const [left, right] = [label, message].map((text) => Math.ceil(text.length * letter + 2 * pad));
  const width = (left ?? 0) + (right ?? 0);
  const title = escapeMarkup(`${label}: ${message}`);
  const bound =
    claim === null
      ? ""
      : ` data-claim="${escapeMarkup(claim.id)}" data-value="${claim.value ?? ""}" data-n="${claim.n}" data-target="${claim.target}"`;
  const text = (x: number, words: string, length: number): string =>
    `<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeMarkup(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"${bound}>`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" rx="3" fill="#2b3037"/>`,
    `<path d="M${left ?? 0},0h${(right ?? 0) - 3}a3,3 0 0 1 3,3v14a3,3 0 0 1 -3,3h${-((right ?? 0) - 3)}z" fill="${color}"/>`,
    `<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">`,
    text(pad, label, (left ?? 0) - 2 * pad),
    text((left ?? 0) + pad, message, (right ?? 0) - 2 * pad),
    "</g></svg>\n",
  ].join("");
}
