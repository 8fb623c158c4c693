// Wires the rooms. The only file that knows which target it talks to: everything else sees one Target value.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { OperationContext } from "../contracts/operation.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Target } from "../contracts/target.ts";
import { realClock, type Clock } from "../host/clock.ts";
import { realEnv, type Env } from "../host/env.ts";
import { jsonLog, type Log } from "../host/log.ts";
import { systemRandom } from "../host/random.ts";
import type { BackendOptions, OpenedBackend, OperationOutput } from "./backend.ts";
import type { Handler } from "./handler.ts";
import type { OperationName } from "./operations/table.ts";
import { openParts } from "./parts.ts";
import { readSettings, type Settings } from "./settings.ts";

type Handlers = { readonly [Name in OperationName]: () => Promise<{ handle: Handler<OperationOutput<Name>> }> };

const handlers: Handlers = {
  createE2bSandbox: () => import("./operations/create.ts"),
  listE2bSandboxes: () => import("./operations/list.ts"),
  getE2bSandboxStatus: () => import("./operations/status.ts"),
  executeE2bProcess: () => import("./operations/execute.ts"),
  terminateE2bSandbox: () => import("./operations/terminate.ts"),
  runE2bAgent: () => import("./operations/run-agent.ts"),
  deployE2bTemplate: () => import("./operations/template-deploy.ts"),
  scaleE2bDeployment: () => import("./operations/deployment-scale.ts"),
  exportE2bTemplate: () => import("./operations/template-export.ts"),
  executeSwarmStrategy: () => import("./operations/execute-swarm.ts"),
  initE2bSwarm: () => import("./operations/swarm-init.ts"),
  deployTradingAgent: () => import("./operations/swarm-deploy.ts"),
  listE2bSwarms: () => import("./operations/swarm-list.ts"),
  getSwarmStatus: () => import("./operations/swarm-status.ts"),
  listSwarmAgents: () => import("./operations/swarm-agents.ts"),
  getAgentStatus: () => import("./operations/swarm-agent.ts"),
  stopSwarmAgent: () => import("./operations/swarm-agent-stop.ts"),
  restartSwarmAgent: () => import("./operations/swarm-agent-restart.ts"),
  scaleSwarm: () => import("./operations/swarm-scale.ts"),
  rebalanceSwarm: () => import("./operations/swarm-rebalance.ts"),
  getSwarmPerformance: () => import("./operations/swarm-performance.ts"),
  monitorSwarmHealth: () => import("./operations/swarm-health.ts"),
  getSwarmMetrics: () => import("./operations/swarm-metrics.ts"),
  shutdownSwarm: () => import("./operations/swarm-shutdown.ts"),
  backtest: () => import("./operations/backtest.ts"),
  simulate: () => import("./operations/simulate.ts"),
  getFantasyData: () => import("./operations/get-fantasy-data.ts"),
  getE2bMonitor: () => import("./operations/monitor.ts"),
  monitorE2bHealth: () => import("./operations/health.ts"),
  planValidation: () => import("./operations/plan-validation.ts"),
  benchmark: () => import("./operations/benchmark.ts"),
  validate: () => import("./operations/validate.ts"),
  verify: () => import("./operations/verify.ts"),
  audit: () => import("./operations/audit.ts"),
  report: () => import("./operations/report.ts"),
  diff: () => import("./operations/diff.ts"),
  getVersion: () => import("./operations/get-version.ts"),
};

/** Opens a backend; nothing is contacted or written until an operation is called. Throws `auth.missing`, `usage.invalid`. */
export async function openBackend(options: BackendOptions = {}, env: Env = realEnv): Promise<OpenedBackend> {
  const settings = readSettings(options, env, process.cwd());
  const clock = realClock;
  const findTarget = (start: boolean): Promise<Target | null> => locate(settings, env, start);
  const log = fileLog(settings.folder, clock);
  const parts = openParts({ settings, clock, random: systemRandom, log, env, findTarget });
  const isolation = settings.target === "local" ? settings.isolation : "provider";
  let closing: Promise<void> | undefined;
  return {
    label: { target: settings.target, isolation },
    async call<Name extends OperationName>(name: Name, input: unknown, context: Partial<OperationContext> = {}) {
      const { handle } = await handlers[name]();
      const { signal = new AbortController().signal, progress = () => undefined } = context;
      if (signal.aborted) throw new SwarmError("cancelled", `The call of ${name} was stopped before it began`);
      return handle(parts, input, { signal, progress });
    },
    meters: () => parts.meters(),
    openSwarm: async (namespace) => (await import("./swarm-session.ts")).openSwarm(parts, namespace),
    openCrew: async (namespace) => (await import("./crew.ts")).openCrew(parts, namespace),
    observe: async () => (await import("./live/observatory.ts")).openObservatory(parts),
    coordinate: async (options, signal) =>
      (await import("./coordinator/run-coordinator.ts")).runCoordinator(parts, options, signal),
    close: () => (closing ??= parts.close()),
  };
}

/** The backend of a whole process: what it started for itself ends with the process, however that ends. */
export async function openProcessBackend(): Promise<OpenedBackend> {
  const backend = await openBackend();
  const { closeOnExit } = await import("../sandboxes/close-on-exit.ts");
  closeOnExit(() => backend.close(), realClock);
  return backend;
}

async function locate(settings: Settings, env: Env, start: boolean): Promise<Target | null> {
  if (settings.target === "cloud") {
    return { kind: "cloud", apiKey: settings.apiKey ?? "", domain: settings.domain };
  }
  const { ensureLocalServer, localServerStatus } = await import("../local/daemon.ts");
  if (!start && !localServerStatus({ env }).running) return null;
  const { url, apiKey, isolation } = await ensureLocalServer({
    isolation: settings.isolation,
    port: settings.port,
    env,
  });
  return { kind: "local", url, apiKey, isolation };
}

/** `.swarm/cli.log`, once the folder exists; a log that cannot be written never stops the work. */
function fileLog(folder: string, clock: Clock): Log {
  const path = join(folder, ".swarm", "cli.log");
  return jsonLog(clock, (line) => {
    try {
      mkdirSync(join(folder, ".swarm"), { recursive: true, mode: 0o700 });
      appendFileSync(path, line, { mode: 0o600 });
    } catch {
      // Read-only folders still have their operations' own errors.
    }
  });
}
