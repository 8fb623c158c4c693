// The named checks of the five suites, in the order in which they run. A test proves that each has a claim and a file.
import type { PlannedClaim } from "./types.ts";

export type Layer = PlannedClaim["layer"];
export const layers = ["backend", "mcp", "cli", "trading", "production"] as const satisfies readonly Layer[];

export interface CheckRow {
  /** Metric of its observations is `check.<id>`. */
  readonly id: string;
  readonly layer: Layer;
  readonly title: string;
  readonly sentence: string;
  readonly kind: "logic" | "safety";
  /** `target`: needs sandboxes and speaks about the target it ran on. `own-code`: speaks about this package only. */
  readonly subject: "target" | "own-code";
  /** Fewest observations without which the check proves nothing. */
  readonly atLeast: number;
}

/** Checks that need no sandbox; their claims are about this machine whatever the target. */
const ownCode = ["backend.exports", "mcp.accessible", "mcp.tools", "mcp.jsonrpc", "cli.help", "trading.backtest"];

const row = (
  id: string,
  title: string,
  sentence: string,
  atLeast: number,
  kind: CheckRow["kind"] = "logic",
): CheckRow => {
  const layer = layers.find((name) => id.startsWith(`${name}.`));
  if (layer === undefined) throw new Error(`Invariant broken: the check ${id} begins with a layer`);
  return { id, layer, title, sentence, kind, atLeast, subject: ownCode.includes(id) ? "own-code" : "target" };
};

/** The named checks in the order in which they run, layer by layer. */
export const checks: readonly CheckRow[] = [
  row(
    "backend.exports",
    "functions are exported",
    "The library exports exactly its operations, each callable, aliases identical",
    10,
  ),
  row("backend.types", "type definitions match runtime", "Declared and exported symbols agree in both directions", 4),
  row(
    "backend.create",
    "create sandbox",
    "A created sandbox appears in the target's own list and is gone after removal",
    6,
  ),
  row("backend.execute", "execute process", "Commands return their own output, exit code and time limit", 6),
  row("backend.concurrent", "concurrent operations", "Sandboxes live at the same time and see only their own files", 6),
  row(
    "mcp.accessible",
    "server accessible",
    "The server answers the handshake with this package's version and ends cleanly",
    4,
  ),
  row("mcp.tools", "tools registered", "The live tool list equals the table of operations", 3),
  row("mcp.schemas", "schemas validate", "Schemas accept what is valid, refuse what is not and name the field", 10),
  row("mcp.jsonrpc", "JSON-RPC compliance", "Malformed and unknown requests get the error the protocol asks for", 8),
  row("cli.commands", "commands executable", "Each command runs as a process of its own from another folder", 8),
  row("cli.help", "help works", "Help lists exactly the commands there are and unknown ones are refused", 5),
  row("cli.list", "list shows state", "A sandbox made by one process is seen by another until it is destroyed", 5),
  row("cli.health", "health", "Health turns red when a sandbox is lost and green when it is put right", 4),
  row(
    "trading.momentum",
    "deploy momentum",
    "An agent in a sandbox gives the signal that an independent computation gives",
    6,
  ),
  row(
    "trading.backtest",
    "backtest across symbols",
    "Backtests agree with other engines, pay their costs and never look ahead",
    8,
  ),
  row(
    "trading.consensus",
    "consensus",
    "Votes of agents decide by quorum and weight; a tie or a missing quorum trades nothing",
    8,
  ),
  row(
    "trading.portfolio",
    "portfolio tracking",
    "Fills, positions and cash add up to the cent and a replayed fill changes nothing",
    6,
  ),
  row(
    "production.isolation",
    "isolation",
    "A sandbox sees its own host name and processes, and neither host files, neighbours nor network",
    8,
    "safety",
  ),
  row(
    "production.deploy-five",
    "five-agent deployment",
    "Five agents answer from five sandboxes; a failed deployment leaves nothing behind",
    6,
  ),
  row("production.stress", "stress", "Every task of the stress run is done exactly once although agents are killed", 4),
  row(
    "production.cost",
    "cost within budget",
    "Every sandbox second is metered and priced, and a plan above the budget is refused",
    6,
  ),
  row(
    "production.sla",
    "performance meets SLA",
    "The exact bounds of P95 and P99 over the raw samples are below every published limit",
    16,
  ),
  row(
    "production.success-rate",
    "success rate",
    "The lower bound of the success rate over all attempts is high enough",
    3,
  ),
  row(
    "production.certification",
    "readiness certification",
    "Flipping any one input of the certificate changes its verdict",
    4,
  ),
];
