// A whole simulation: the run, further seeds, the growth table, the comparison of topologies. The report is a function of the
// input; how long it took stands apart from it.
import type { SimulateInput, SimulateOutput } from "../contracts/simulation.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { seededRandom } from "../host/random.ts";
import { readPriceList } from "../costs/read-price-list.ts";
import { compareTopologies } from "../swarm/topology/compare-topologies.ts";
import { openSampler, seriesNames } from "./model.ts";
import { readModel, type ReadModel } from "./read-model.ts";
import { replayCommand } from "./replay-command.ts";
import { reportRun } from "./report-run.ts";
import { runSimulation } from "./run-simulation.ts";
import { faultLevels, type SimulationSettings } from "./settings.ts";
import { capabilityNames } from "./world/agent.ts";
import type { World } from "./world/world.ts";

export interface SimulateOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (sentence: string) => void;
}

type Sizes = SimulateOutput["wall"]["sizes"][number];

const voteEveryMs = 60_000;
/** Members of the topology comparison: the largest swarm of the scaling policy. */
const compared = 20;
/** The growth table has every power of ten from here up to the size asked for. */
const smallestGrowth = 1_000;

/** Throws `simulation.violated` with the command that replays it, `usage.invalid`, `cancelled`. */
export async function simulate(input: SimulateInput, options: SimulateOptions): Promise<SimulateOutput> {
  const settings = settingsOf(input, readModel());
  const wall: Sizes[] = [];
  const run = async (own: SimulationSettings): Promise<World> => {
    options.progress(`simulating ${own.agents} agents for ${own.hours} h, seed ${own.seed}`);
    const { world, sizes } = await timed(own, input, options);
    wall.push(sizes);
    return world;
  };
  const growth: SimulateOutput["report"]["growth"] = [];
  for (const agents of input.growth === false ? [] : smaller(settings.agents)) {
    growth.push(growthOf(await run({ ...settings, agents, minAgents: Math.min(agents, settings.minAgents) })));
  }
  const world = await run(settings);
  growth.push(growthOf(world));
  const report = reportRun(world, readPriceList());
  const seeds: SimulateOutput["report"]["seeds"] = [];
  for (let more = 1; more < (input.seeds ?? 1); more += 1) {
    const { tally, trace } = await run({ ...settings, seed: (settings.seed + more) % 2 ** 32 });
    seeds.push({ seed: (settings.seed + more) % 2 ** 32, traceSha256: trace.digest(), steps: tally.steps });
  }
  return {
    report: {
      provenance: "simulated",
      command: replayCommand(input),
      model: modelOf(readModel()),
      run: report,
      seeds,
      growth,
      topologies: topologiesOf(settings),
    },
    wall: { reproducible: false, sizes: wall },
  };
}

async function timed(
  settings: SimulationSettings,
  input: SimulateInput,
  { clock, signal }: SimulateOptions,
): Promise<{ world: World; sizes: Sizes }> {
  const startedNs = clock.monotonicNs();
  const breathe = async (): Promise<void> => {
    await clock.sleep(0);
    if (signal.aborted) throw new SwarmError("cancelled", "The simulation was stopped before it ended");
  };
  const { agents, minAgents, seed } = settings;
  const command = replayCommand({ ...input, agents, minAgents, seed, seeds: 1, growth: false });
  const world = await runSimulation({ settings, command, breathe });
  const seconds = Number(clock.monotonicNs() - startedNs) / 1e9;
  const events = world.tally.happenings + world.tally.steps;
  return { world, sizes: { agents, seconds, agentsPerSecond: agents / seconds, eventsPerSecond: events / seconds } };
}

/** Throws `usage.invalid` for limits that contradict each other. */
function settingsOf(input: SimulateInput, { model }: ReadModel): SimulationSettings {
  const { agents = 1_000, hours = 6.5, seed = 1, tasksPerAgentHour = 4 } = input;
  const { minAgents = agents, distribution = "least-loaded", topology = "hierarchical", faults = "usual" } = input;
  if (minAgents > agents) {
    throw new SwarmError("usage.invalid", `Cannot keep at least ${minAgents} agents: the swarm has ${agents}`, {
      hint: "Lower --min-agents, or raise --agents",
      details: { field: "minAgents" },
    });
  }
  if (distribution === "specialised" && (agents < capabilityNames.length || minAgents < agents)) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot run a specialised swarm of ${minAgents} to ${agents} agents: ${capabilityNames.length} capabilities need an agent each, always`,
      {
        hint: `Give --agents ${capabilityNames.length} or more without --min-agents, or another --distribution`,
        details: { field: "distribution" },
      },
    );
  }
  const rates = faultLevels[faults];
  return {
    agents,
    minAgents,
    hours,
    seed,
    tasksPerAgentHour,
    distribution,
    topology,
    faults: rates,
    model,
    voteEveryMs,
  };
}

function smaller(agents: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = smallestGrowth; size < agents; size *= 10) sizes.push(size);
  return sizes;
}

function growthOf({ settings, tally, source, trace }: World): SimulateOutput["report"]["growth"][number] {
  const events = tally.happenings + tally.steps;
  return {
    agents: settings.agents,
    tasks: source.counts().offered,
    events,
    steps: tally.steps,
    eventsPerAgent: events / settings.agents,
    traceSha256: trace.digest(),
  };
}

function modelOf({ model, sha256 }: ReadModel): SimulateOutput["report"]["model"] {
  const series = seriesNames.map((name) => {
    const { what, provenance, target, source, samplesUs } = model.series[name];
    return { name, what, provenance, target, source, samples: samplesUs.length };
  });
  return { id: model.id, sha256, note: model.note, series };
}

function topologiesOf({ model, seed }: SimulationSettings): SimulateOutput["report"]["topologies"] {
  const sample = openSampler(model, seededRandom(seed));
  const members = Array.from({ length: compared }, (_, at) => `agent-${at + 1}`);
  return [...compareTopologies(members, () => sample("hop"))];
}
