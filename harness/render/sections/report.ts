// What the validation report holds besides its tables of claims, checks and curves. Budgets, spending, faults and equity stand
// in the performance and swarm reports, so that this one stays small.
import type { Section } from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { signOffSection } from "./certification.ts";
import { issuesSection, stepsSection } from "./findings.ts";
import { readinessSection, scoresSection } from "./readiness.ts";

export function reportSections(doc: RunDocument): readonly Section[] {
  return [readinessSection(doc), scoresSection(doc), issuesSection(doc), stepsSection(doc), signOffSection(doc)];
}
