// Every command in the order of the help page.
import type { CommandSpec } from "../command-spec.ts";
import { auditCommand } from "./audit.ts";
import { backtestCommand } from "./backtest.ts";
import { benchCommand } from "./bench.ts";
import { completionCommand } from "./completion.ts";
import { createCommand } from "./create.ts";
import { deployCommand } from "./deploy.ts";
import { destroyCommand } from "./destroy.ts";
import { execCommand } from "./exec.ts";
import { diffCommand } from "./diff.ts";
import { executeCommand } from "./execute.ts";
import { fantasyCommand } from "./fantasy.ts";
import { healthCommand } from "./health.ts";
import { listCommand } from "./list.ts";
import { localCommand } from "./local.ts";
import { mcpCommand } from "./mcp.ts";
import { planCommand } from "./plan.ts";
import { monitorCommand } from "./monitor.ts";
import { agentsCommand, scaleCommand } from "./one-swarm.ts";
import { reportCommand } from "./report.ts";
import { serveCommand } from "./serve.ts";
import { simulateCommand } from "./simulate.ts";
import { statusCommand } from "./status.ts";
import { swarmCommands } from "./swarm.ts";
import { templateCommands } from "./template.ts";
import { validateCommand } from "./validate.ts";
import { verifyCommand } from "./verify.ts";

export const commandSpecs: readonly CommandSpec[] = [
  createCommand,
  listCommand,
  statusCommand,
  execCommand,
  destroyCommand,
  ...templateCommands,
  deployCommand,
  executeCommand,
  agentsCommand,
  scaleCommand,
  ...swarmCommands,
  backtestCommand,
  simulateCommand,
  fantasyCommand,
  healthCommand,
  planCommand,
  benchCommand,
  monitorCommand,
  validateCommand,
  verifyCommand,
  auditCommand,
  reportCommand,
  diffCommand,
  localCommand,
  mcpCommand,
  serveCommand,
  completionCommand(() => commandSpecs),
];
