// The only home of verdict wording: what a run, a claim and an assurance level are called on paper. A run that is not
// CERTIFIED never meets the word, because no other row holds it.
import type { Claim, ClaimVerdict, RunVerdict, Threshold } from "../claims/types.ts";
import type { AssuranceLevel, Layer, RunInfo } from "./run-document.ts";

const LOCAL_SENTENCE = "Measured against the local server on this machine; says nothing about E2B's cloud.";
const CLOUD_SENTENCE =
  "Measured against E2B's cloud under the conditions stated here; says nothing about the local server.";

interface RunWords {
  readonly exitCode: number;
  readonly tone: "good" | "warn" | "open" | "bad";
  readonly glyph: string;
  readonly meaning: string;
}

export const runWords: Readonly<Record<RunVerdict, RunWords>> = {
  CERTIFIED: {
    exitCode: 0,
    tone: "good",
    glyph: "✓",
    meaning:
      "Every required claim holds at the planned provenance and target, and the evidence was verified again in a separate process.",
  },
  CONDITIONAL: {
    exitCode: 3,
    tone: "warn",
    glyph: "◐",
    meaning: "Every required claim holds, but only together with the conditions listed here.",
  },
  INCOMPLETE: {
    exitCode: 6,
    tone: "open",
    glyph: "○",
    meaning:
      "The evidence does not decide every required claim. Absence of evidence is not a result in the system's favour.",
  },
  REFUSED: {
    exitCode: 1,
    tone: "bad",
    glyph: "✕",
    meaning: "At least one required claim is refuted, or its evidence is unfit. The run is red.",
  },
};

interface ClaimWords {
  readonly label: string;
  readonly glyph: string;
  readonly tone: "good" | "bad" | "open" | "info";
  readonly meaning: string;
}

export const claimWords: Readonly<Record<ClaimVerdict, ClaimWords>> = {
  PASS: { label: "PASS", glyph: "✓", tone: "good", meaning: "the bound lies inside the limit" },
  FAIL: { label: "FAIL", glyph: "✕", tone: "bad", meaning: "the evidence refutes it" },
  INVALID: { label: "INVALID", glyph: "!", tone: "bad", meaning: "the evidence is unfit" },
  UNDECIDED: { label: "UNDECIDED", glyph: "≈", tone: "open", meaning: "the bound straddles the limit" },
  INSUFFICIENT: { label: "INSUFFICIENT", glyph: "…", tone: "open", meaning: "too few samples for any bound" },
  NOT_RUN: { label: "NOT RUN", glyph: "○", tone: "open", meaning: "no sample exists" },
  INFO: { label: "INFO", glyph: "i", tone: "info", meaning: "shown, never a gate" },
};

export const assuranceWords: Readonly<Record<AssuranceLevel, string>> = {
  A0: "nothing is signed; the files prove nothing about who wrote them",
  A1: "signed with a local key: the files are intact, which is not the same as honest",
  A2: "signed by a CI identity, with the plan signed before the start",
  A3: "as A2, with witnesses cross-checked by an outside party and an outside time stamp",
  A4: "as A3, with an independent re-run inside the planned tolerance",
};

export const layerOrder: readonly Layer[] = ["backend", "mcp", "cli", "trading", "production"];

export const layerTitles: Readonly<Record<Layer, string>> = {
  backend: "Backend",
  mcp: "MCP server",
  cli: "Command line",
  trading: "Trading",
  production: "Production",
};

export const opSigns: Readonly<Record<Threshold["op"], string>> = { "<": "<", "<=": "≤", ">": ">", ">=": "≥" };

export function verdictName(verdict: RunVerdict, run: RunInfo): string {
  return `${verdict} (${run.target})`;
}

export function isolationLine(run: RunInfo): string {
  return run.isolation === "none"
    ? "isolation none: isolation claims were not run; this run can earn no certificate"
    : `isolation ${run.isolation}`;
}

/** Line one of the page and of the Markdown. */
export function lineOne(verdict: RunVerdict, run: RunInfo): string {
  const where = run.target === "local" ? LOCAL_SENTENCE : CLOUD_SENTENCE;
  return `${where} ${verdictName(verdict, run)}, ${isolationLine(run)}.`;
}

export function isUpperBound(claim: Claim): boolean {
  return claim.estimator.endsWith(".upper");
}

export function isLowerBound(claim: Claim): boolean {
  return claim.estimator.endsWith(".lower");
}
