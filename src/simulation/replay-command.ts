// The command line that repeats a run: agents, hours and seed always, the rest where it differs from the schema's default.
import { isRecord } from "../contracts/json.ts";
import { jsonSchema } from "../contracts/parse.ts";
import type { SimulateInput } from "../contracts/simulation.ts";

const flags = {
  tasksPerAgentHour: "--tasks-per-agent-hour",
  distribution: "--distribution",
  topology: "--topology",
  faults: "--faults",
  seeds: "--seeds",
} as const;
const optional = ["tasksPerAgentHour", "distribution", "topology", "faults", "seeds"] as const;

export function replayCommand(input: SimulateInput): string {
  const valueOf = (name: keyof SimulateInput): unknown => input[name] ?? defaultOf(name);
  const always = ["--agents", valueOf("agents"), "--hours", valueOf("hours"), "--seed", valueOf("seed")];
  const words = ["e2b-swarm", "simulate", ...always.map(String)];
  const { minAgents } = input;
  if (minAgents !== undefined && minAgents !== valueOf("agents")) words.push("--min-agents", String(minAgents));
  for (const name of optional) {
    const value = valueOf(name);
    if (value !== defaultOf(name)) words.push(flags[name], String(value));
  }
  if (input.growth === false) words.push("--no-growth");
  return words.join(" ");
}

function defaultOf(name: string): unknown {
  const { properties } = jsonSchema("simulate.input");
  const property = isRecord(properties) ? properties[name] : undefined;
  return isRecord(property) ? property.default : undefined;
}
