// The readiness checklist as data (reference "system" 10.2): each item is bound to claims by the end of their ids, or to
// nothing. An item that nothing is bound to is printed "not verified": a tick is a function of evidence, never typed.

export interface ReadinessItem {
  readonly text: string;
  /** Claim ids without `c-<target>.`; `*` stands for any part. Every claim that fits must hold. */
  readonly claims: readonly string[];
  /** The item speaks about this target only; a run on another one says nothing about it. */
  readonly target?: "cloud" | "local";
}

export interface ReadinessGroup {
  readonly title: string;
  readonly items: readonly ReadinessItem[];
}

const item = (text: string, ...claims: readonly string[]): ReadinessItem => ({ text, claims });

export const readiness: readonly ReadinessGroup[] = [
  {
    title: "Functional",
    items: [
      item(
        "Backend fully functional",
        "backend-exports",
        "backend-types",
        "backend-create",
        "backend-execute",
        "backend-concurrent",
      ),
      item("MCP integration working", "mcp-accessible", "mcp-tools", "mcp-schemas", "mcp-jsonrpc"),
      item("CLI commands operational", "cli-commands", "cli-help", "cli-list", "cli-health"),
      { text: "Real E2B API verified", claims: ["backend-create", "backend-execute"], target: "cloud" },
      item("Agent deployment and coordination", "production-deploy-five", "trading-consensus"),
      item("Trading strategy execution", "trading-momentum", "trading-backtest"),
      item("Portfolio tracking and management", "trading-portfolio"),
      item("Consensus decision-making", "trading-consensus"),
    ],
  },
  {
    title: "Non-functional",
    items: [
      item("Performance meets the published limits", "production-sla", "*-p95-sla"),
      item("Cost within budget", "production-cost"),
      item("Success rate above its limit", "production-success-rate", "*-success"),
      item("Error rate below its limit", "*-error-rate"),
      item("Resource cleanup automatic", "orphans"),
      item("State persistence working", "cli-list"),
      item("Monitoring and logging enabled"),
      item("Documentation complete"),
    ],
  },
  {
    title: "Security and compliance",
    items: [
      item("API keys managed by environment"),
      item("Sandbox isolation verified", "production-isolation"),
      item("Network security validated", "production-isolation"),
      item("Audit logging enabled"),
      item("Error handling comprehensive", "mcp-jsonrpc", "cli-commands", "backend-execute"),
      item("Input validation on all layers", "mcp-schemas", "cli-help", "cli-commands"),
      item("Rate limiting implemented"),
      item("Access control for sensitive operations"),
    ],
  },
  {
    title: "Operational",
    items: [
      item("Health endpoints functional", "cli-health"),
      item("Metrics and monitoring configured"),
      item("Alert thresholds defined"),
      item("Runbook available"),
      item("Disaster recovery tested", "production-stress"),
      item("Backup and restore procedures"),
      item("Scaling guidelines documented"),
      item("Support contacts"),
    ],
  },
];

/** True when `claimId` ends as `pattern` says, whatever its target. */
export function isBoundTo(pattern: string, claimId: string): boolean {
  const name = claimId.replace(/^c-(?:local|cloud|mixed)\./, "");
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return name === before;
  return name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
}
