// Verdicts have exit codes of their own (decision 17); they are results, not faults.
export type Verdict = "CERTIFIED" | "CONDITIONAL" | "INCOMPLETE" | "REFUSED";

const codes: Readonly<Record<Verdict, number>> = { CERTIFIED: 0, REFUSED: 1, CONDITIONAL: 3, INCOMPLETE: 6 };
export const evidenceDoesNotVerify = 7;

/** The exit code of a verdict; a bundle without one is incomplete. */
export function verdictExit(verdict: Verdict | null): number {
  return codes[verdict ?? "INCOMPLETE"];
}
