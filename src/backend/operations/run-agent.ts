// Deploys one agent: into the named sandbox, or into a new one of its role's template. It answers once per symbol and stays.
import type { Role } from "../../contracts/frames.ts";
import { makeId } from "../../host/ids.ts";
import { partnerOf, refuseGpu, refuseLonely, roleOf } from "../agent-types.ts";
import { deployAgent, taskFor, templateFor } from "../agents.ts";
import { refuseOverBudget } from "../budget.ts";
import { handler } from "../handler.ts";
import { headlinesFor, windowAt, type View } from "../market-view.ts";
import type { Parts } from "../parts.ts";
import { forget, remember } from "./create.ts";

const lifeSeconds = 300;

export const handle = handler("deploy.input", "deploy.output", async (parts, input, context) => {
  const beganNs = parts.clock.monotonicNs();
  const role = roleOf(input.agentType);
  refuseGpu(input.useGpu);
  const symbols = input.symbols ?? ["AAPL"];
  refuseLonely(role, symbols);
  // Asked for before anything starts: a symbol or date that does not exist must not cost a sandbox.
  const views = viewsOf(role, symbols, input.asOf);
  await parts.state.update((state) => state);
  const { sandboxId, own } = await place(parts, role, input.sandboxId);
  try {
    context.progress(`starting a ${role} agent in ${sandboxId}`);
    const agent = await deployAgent(parts, { sandboxId, role });
    const round = makeId("round", parts.random);
    const params = input.strategyParams ?? {};
    const proposals = [];
    for (const view of views) {
      const headlines = role === "sentiment" ? headlinesFor(view) : [];
      const { symbol, window } = view;
      const other = partnerOf(symbols, symbol);
      const partner = views.find((one) => one.symbol === other)?.window ?? null;
      const task = taskFor(role, { round, agentId: agent.agentId, symbol, window, partner, headlines, params });
      proposals.push((await agent.ask(task)).proposal);
    }
    const deployedAt = new Date(parts.clock.nowMs()).toISOString();
    const row = { id: agent.agentId, type: role, sandbox_id: sandboxId, symbols, deployed_at: deployedAt };
    await parts.state.update((state) => ({ ...state, agents: [...state.agents, row] }));
    const readyMs = Number(parts.clock.monotonicNs() - beganNs) / 1e6;
    const status = "running" as const;
    return { agentId: agent.agentId, agentType: role, sandboxId, symbols, status, deployedAt, readyMs, proposals };
  } catch (thrown) {
    if (own) {
      await (await parts.sandboxes()).terminate(sandboxId);
      await forget(parts, [sandboxId]);
    }
    throw thrown;
  }
});

/** Each at its own last bar when no day is named; a pair is looked at on one day. */
function viewsOf(role: Role, symbols: readonly string[], asOf: string | undefined): readonly View[] {
  const views = symbols.map((symbol) => windowAt(symbol, asOf));
  if (role !== "pairs" || asOf !== undefined) return views;
  const [earliest] = views.map((view) => view.asOf).toSorted();
  return symbols.map((symbol) => windowAt(symbol, earliest));
}

async function place(parts: Parts, role: Role, wanted: string | undefined) {
  if (wanted !== undefined) return { sandboxId: wanted, own: false };
  refuseOverBudget(parts.settings, 1, lifeSeconds);
  const sandboxes = await parts.sandboxes();
  const made = await sandboxes.create({ template: templateFor(role), timeoutSeconds: lifeSeconds, keep: true });
  await remember(parts, [made]);
  return { sandboxId: made.sandboxId, own: true };
}
