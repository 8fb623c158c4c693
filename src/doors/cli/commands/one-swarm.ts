// `agents` and `scale`: the short way to the one live swarm there is. Where there are several, one has to be named.
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { CommandSpec, OptionSpec, Values } from "../command-spec.ts";
import { asNumber } from "../readers.ts";
import type { Session } from "../session.ts";
import { wireForm } from "../wire-form.ts";
import { agentTable } from "./swarm-agents.ts";

const group = "Swarm";
const which: OptionSpec = {
  flags: "--swarm <id>",
  key: "swarmId",
  text: "id of the swarm (default: the only live one)",
};

export const agentsCommand: CommandSpec = {
  name: "agents",
  group,
  summary: "List the agents of the live swarm",
  schema: "swarm.input",
  operands: [],
  options: [which],
  examples: ["e2b-swarm agents --json", "e2b-swarm agents --swarm <swarm>"],
  async run(values, session) {
    const output = await session.call("listSwarmAgents", { swarmId: await swarmOf(values, session) });
    const text = output.total === 0 ? "" : agentTable(output.agents);
    return { data: wireForm("swarm-agents.output", output), text, ...(text === "" ? { note: "No agents" } : {}) };
  },
};

export const scaleCommand: CommandSpec = {
  name: "scale",
  group,
  summary: "Grow or shrink the live swarm",
  schema: "swarm-scale.input",
  operands: [],
  options: [
    { flags: "-c, --count <n>", key: "targetAgents", read: asNumber, mandatory: true },
    { flags: "--mode <mode>", key: "scaleMode" },
    which,
  ],
  examples: ["e2b-swarm scale --count 5", "e2b-swarm scale -c 8 --mode adaptive --swarm <swarm>"],
  async run(values, session) {
    const swarmId = await swarmOf(values, session);
    const output = await session.call("scaleSwarm", { ...values, swarmId });
    const text = `${output.previousAgents} -> ${output.currentAgents} agents (${output.status})`;
    return { data: wireForm("swarm-scale.output", output), text };
  },
};

/** The swarm that is named, or the only one that has not ended. Throws `swarm.not-found`, `usage.invalid`. */
async function swarmOf({ swarmId }: Values, session: Session): Promise<unknown> {
  if (swarmId !== undefined) return swarmId;
  const { swarms } = await session.call("listE2bSwarms", {});
  const live = swarms.filter(({ status }) => status !== "stopped").map((one) => one.swarmId);
  const [only] = live;
  if (only === undefined) {
    throw new SwarmError("swarm.not-found", "Cannot choose a swarm: this record knows no live one", {
      hint: "Start one: e2b-swarm swarm init --topology star",
    });
  }
  if (live.length === 1) return only;
  throw new SwarmError("usage.invalid", `Cannot choose a swarm: ${live.length} are live, ${live.join(", ")}`, {
    hint: `Name one, for instance --swarm ${only}`,
    details: { field: "swarmId" },
  });
}
