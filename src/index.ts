// The library door; the only file that re-exports. Every operation of the table is one function here, its aliases are the
// very same function objects, and the first call opens one shared backend chosen by the environment.
import type { Backend, BackendOptions, OperationInput, OperationOutput } from "./backend/backend.ts";
import type { OperationName } from "./backend/operations/table.ts";
import type { Config } from "./contracts/config.ts";
import type { OperationContext } from "./contracts/operation.ts";

export type { Backend, BackendOptions, OperationInput, OperationName, OperationOutput };
export type { Config } from "./contracts/config.ts";
export type { Decision } from "./contracts/ballots.ts";
export type { FaultCode } from "./contracts/faults.ts";
export type { SandboxRecord } from "./contracts/sandbox.ts";
export type { UserStrategy } from "./strategies/user/user-strategy.ts";
export { SwarmError } from "./contracts/swarm-error.ts";

/**
 * Opens a backend of your own: another target, isolation or folder than the environment names. Close it when done.
 * Throws `auth.missing` when a cloud target has no key.
 */
export async function openBackend(options: BackendOptions = {}): Promise<Backend> {
  const { openBackend: open } = await import("./backend/compose.ts");
  return open(options);
}

/**
 * The same object, typed: for `e2b-swarm.config.ts`.
 * @example export default defineConfig({ target: "local", budgetDaily: 2 });
 */
export function defineConfig(config: Config): Config {
  return config;
}

let shared: Promise<Backend> | undefined;

async function openShared(): Promise<Backend> {
  const { openProcessBackend } = await import("./backend/compose.ts");
  return openProcessBackend();
}

type Call<Name extends OperationName> = (
  input: OperationInput<Name>,
  context?: Partial<OperationContext>,
) => Promise<OperationOutput<Name>>;

function operation<Name extends OperationName>(name: Name): Call<Name> {
  return async (input, context) => {
    shared ??= openShared();
    const backend = await shared;
    return backend.call(name, input, context);
  };
}

/**
 * Starts sandboxes and waits until each answers.
 * Throws `usage.invalid`, `sandbox.template-unknown`, `sandbox.quota`, `sandbox.create-failed`, `auth.refused`.
 * @example const { sandboxes } = await createE2bSandbox({ template: "node" });
 */
export const createE2bSandbox: Call<"createE2bSandbox"> = operation("createE2bSandbox");
/** Lists the sandboxes the target knows. */
export const listE2bSandboxes: Call<"listE2bSandboxes"> = operation("listE2bSandboxes");
/** Asks the target for one sandbox. Throws `sandbox.not-found`. */
export const getE2bSandboxStatus: Call<"getE2bSandboxStatus"> = operation("getE2bSandboxStatus");
/** Runs a command inside a sandbox; a non-zero exit code is a result. Throws `sandbox.not-found`, `sandbox.gone`. */
export const executeE2bProcess: Call<"executeE2bProcess"> = operation("executeE2bProcess");
/** Ends a sandbox and everything in it. Throws `sandbox.not-found` unless `force`. */
export const terminateE2bSandbox: Call<"terminateE2bSandbox"> = operation("terminateE2bSandbox");
/** Starts an agent inside a sandbox; returns its signed proposals. Throws `agent.*`, `market.*`, `sandbox.unsupported`. */
export const runE2bAgent: Call<"runE2bAgent"> = operation("runE2bAgent");
/**
 * Deploys a template with a configuration, and the agent it names. Throws `sandbox.*`, `budget.exceeded`, `usage.invalid`.
 * @example await deployE2bTemplate({ templateName: "node", category: "trading", configuration: { strategy: "momentum" } });
 */
export const deployE2bTemplate: Call<"deployE2bTemplate"> = operation("deployE2bTemplate");
/** Brings a deployment to 1 to 10 instances. Throws `deployment.not-found`, `memory.conflict`, `sandbox.*`. */
export const scaleE2bDeployment: Call<"scaleE2bDeployment"> = operation("scaleE2bDeployment");
/** Makes a template of a running sandbox. Throws `sandbox.not-found`, `sandbox.unsupported`, `usage.invalid`. */
export const exportE2bTemplate: Call<"exportE2bTemplate"> = operation("exportE2bTemplate");
/** Lets the five-role swarm or a live one vote on each symbol and books the decision on paper. Throws `swarm.*`, `market.*`. */
export const executeSwarmStrategy: Call<"executeSwarmStrategy"> = operation("executeSwarmStrategy");
/**
 * Starts a live swarm: coordinators that lead, recover and scale its agents until its time is over. Throws `budget.exceeded`, `swarm.silent`.
 * @example const { swarmId } = await initE2bSwarm({ topology: "star", maxAgents: 5 });
 */
export const initE2bSwarm: Call<"initE2bSwarm"> = operation("initE2bSwarm");
/** Adds an agent to a live swarm and waits until it joined. Throws `swarm.*`, `market.symbol`, `usage.invalid`. */
export const deployTradingAgent: Call<"deployTradingAgent"> = operation("deployTradingAgent");
/** The live swarms the record knows. */
export const listE2bSwarms: Call<"listE2bSwarms"> = operation("listE2bSwarms");
/** Who leads a live swarm, who is there, what it did. Throws `swarm.not-found`. */
export const getSwarmStatus: Call<"getSwarmStatus"> = operation("getSwarmStatus");
/** The agents of a live swarm. Throws `swarm.not-found`. */
export const listSwarmAgents: Call<"listSwarmAgents"> = operation("listSwarmAgents");
/** One agent of a live swarm. Throws `swarm.not-found`, `agent.not-found`. */
export const getAgentStatus: Call<"getAgentStatus"> = operation("getAgentStatus");
/** Lets one agent finish and go. Throws `swarm.*`, `agent.not-found`. */
export const stopSwarmAgent: Call<"stopSwarmAgent"> = operation("stopSwarmAgent");
/** Restarts one agent's program; its tasks are given out anew. Throws `swarm.*`, `agent.not-found`. */
export const restartSwarmAgent: Call<"restartSwarmAgent"> = operation("restartSwarmAgent");
/** Grows or shrinks a live swarm without losing work. Throws `swarm.*`, `usage.invalid`. */
export const scaleSwarm: Call<"scaleSwarm"> = operation("scaleSwarm");
/** Evens out the open tasks of a live swarm; what was moved is what its leader wrote down. Throws `swarm.*`. */
export const rebalanceSwarm: Call<"rebalanceSwarm"> = operation("rebalanceSwarm");
/** Paper gains and losses, work done and modelled cost of a live swarm, with counts. Throws `swarm.not-found`. */
export const getSwarmPerformance: Call<"getSwarmPerformance"> = operation("getSwarmPerformance");
/** A live swarm against thresholds. Throws `swarm.not-found`. */
export const monitorSwarmHealth: Call<"monitorSwarmHealth"> = operation("monitorSwarmHealth");
/** Counts and latency quantiles of a live swarm. Throws `swarm.not-found`. */
export const getSwarmMetrics: Call<"getSwarmMetrics"> = operation("getSwarmMetrics");
/** Ends a live swarm with agents, sandboxes and coordinators. Throws `swarm.not-found`, `swarm.silent`. */
export const shutdownSwarm: Call<"shutdownSwarm"> = operation("shutdownSwarm");
/** Replays a strategy over recorded prices. Throws `strategy.unknown`, `market.symbol`, `market.range`. */
export const backtest: Call<"backtest"> = operation("backtest");
/** Runs the swarm's core in virtual time. Throws `simulation.violated` with the command that replays the seed. */
export const simulate: Call<"simulate"> = operation("simulate");
/** Season, trending players, games and prices of a league, each with source and age. Throws `feed.*`, `auth.*`. */
export const getFantasyData: Call<"getFantasyData"> = operation("getFantasyData");
/** Everything that runs at one moment: sandboxes and their cost, live swarms, the budget, create times, alerts. */
export const getE2bMonitor: Call<"getE2bMonitor"> = operation("getE2bMonitor");
/** Compares what is recorded here with what the target says. */
export const monitorE2bHealth: Call<"monitorE2bHealth"> = operation("monitorE2bHealth");
/** Samples, minutes and dollars of each claim before anything runs. With `shards` it writes a signed plan. Throws `usage.invalid`. */
export const planValidation: Call<"planValidation"> = operation("planValidation");
/** Measures without the suites; nothing in its bundle certifies. Throws `run.busy`, `budget.exceeded`. */
export const benchmark: Call<"benchmark"> = operation("benchmark");
/** Runs the five suites and the benchmark and writes a report. Throws `run.busy`. */
export const validate: Call<"validate"> = operation("validate");
/** Recomputes a report from its evidence in a fresh process. Throws `evidence.missing`. */
export const verify: Call<"verify"> = operation("verify");
export const audit: Call<"audit"> = operation("audit");
/** Draws the reports of a run again from its evidence. Throws `evidence.missing`, `evidence.invalid`. */
export const report: Call<"report"> = operation("report");
/** Compares two runs. Throws `evidence.missing`, `evidence.invalid`. */
export const diff: Call<"diff"> = operation("diff");
/** Versions of this package, Node and the E2B SDK. */
export const getVersion: Call<"getVersion"> = operation("getVersion");

export const createE2BSandbox: typeof createE2bSandbox = createE2bSandbox;
export const listE2BSandboxes: typeof listE2bSandboxes = listE2bSandboxes;
export const getE2BSandboxStatus: typeof getE2bSandboxStatus = getE2bSandboxStatus;
export const executeE2BProcess: typeof executeE2bProcess = executeE2bProcess;
export const terminateE2BSandbox: typeof terminateE2bSandbox = terminateE2bSandbox;
export const runE2BAgent: typeof runE2bAgent = runE2bAgent;
export const deployE2BTemplate: typeof deployE2bTemplate = deployE2bTemplate;
export const scaleE2BDeployment: typeof scaleE2bDeployment = scaleE2bDeployment;
export const exportE2BTemplate: typeof exportE2bTemplate = exportE2bTemplate;
export const initE2BSwarm: typeof initE2bSwarm = initE2bSwarm;
export const listE2BSwarms: typeof listE2bSwarms = listE2bSwarms;
export const getE2BMonitor: typeof getE2bMonitor = getE2bMonitor;
export const monitorE2BHealth: typeof monitorE2bHealth = monitorE2bHealth;
