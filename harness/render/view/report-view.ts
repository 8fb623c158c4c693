// The whole report as data, every member present. Templates read it and decide nothing.
import type { RunDocument } from "../run-document.ts";
import { id, type Text } from "../text/text.ts";
import type { Section } from "../blocks/block.ts";
import { reportSections } from "../sections/report.ts";
import { checkGroups, type CheckGroup } from "./checks-view.ts";
import { claimGroups, type ClaimGroup } from "./claims-view.ts";
import {
  costView,
  digests,
  environment,
  limits,
  method,
  swarmView,
  type CostView,
  type PairView,
  type SwarmView,
} from "./closing-view.ts";
import { firstScreen, type FirstScreen } from "./first-screen.ts";
import { latencyViews, levelColumns, serviceLevels, type LatencyView, type ServiceLevelRow } from "./latency-view.ts";

interface ReportView {
  readonly first: FirstScreen;
  readonly claims: readonly ClaimGroup[];
  readonly checks: readonly CheckGroup[];
  readonly latencies: readonly LatencyView[];
  readonly serviceLevels: readonly ServiceLevelRow[];
  readonly levelColumns: readonly string[];
  readonly cost: CostView;
  readonly swarm: SwarmView;
  readonly environment: readonly PairView[];
  readonly method: readonly string[];
  readonly limits: readonly string[];
  readonly verifyCommand: Text;
  readonly digests: readonly PairView[];
  readonly sections: readonly Section[];
}

export function reportView(doc: RunDocument): ReportView {
  return {
    first: firstScreen(doc, "report"),
    claims: claimGroups(doc),
    checks: checkGroups(doc),
    latencies: latencyViews(doc),
    serviceLevels: serviceLevels(doc),
    levelColumns,
    cost: costView(doc),
    swarm: swarmView(doc),
    environment: environment(doc),
    method,
    limits,
    verifyCommand: [id("npx e2b-swarm verify <folder>")],
    digests: digests(doc),
    sections: reportSections(doc),
  };
}
