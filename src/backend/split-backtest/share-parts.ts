// Hands stretches of bars to agents, one each at a time. A part whose agent failed, lied or was late goes to another agent;
// when none is left the last reason is thrown. Nothing is ever decided here instead.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Stretch } from "../../strategies/decide-part.ts";
import type { Crew, Worker } from "./crew.ts";

/** Reasons to ask another agent; any other fault ends the backtest. */
const ofAgents = /^(agent|sandbox|target)\./;

/** What `decide` made of each stretch, in their order. Throws the last agent's fault when none is left. */
export async function shareParts<T>(
  crew: Crew,
  stretches: readonly Stretch[],
  decide: (worker: Worker, stretch: Stretch) => Promise<T>,
): Promise<readonly T[]> {
  const done = new Map<Stretch, T>();
  let waiting = [...stretches];
  let last: SwarmError | null = null;
  // Every turn finishes a part for each agent or ends an agent, so there are at most parts + agents turns.
  while (waiting.length > 0) {
    const workers = crew.living();
    if (workers.length === 0) throw nobodyLeft(waiting.length, last);
    const turn = workers.slice(0, waiting.length).map((worker, place) => ({ worker, stretch: waiting[place] }));
    await Promise.all(
      turn.map(async ({ worker, stretch }) => {
        if (stretch === undefined) return;
        try {
          done.set(stretch, await decide(worker, stretch));
        } catch (thrown) {
          last = await outAfter(crew, worker, thrown);
        }
      }),
    );
    waiting = waiting.filter((stretch) => !done.has(stretch));
  }
  return stretches.flatMap((stretch) => {
    const made = done.get(stretch);
    return made === undefined ? [] : [made];
  });
}

/** Drops the agent and returns its fault; throws faults that are not an agent's. */
export async function outAfter(crew: Crew, worker: Worker, thrown: unknown): Promise<SwarmError> {
  const fault = SwarmError.from(thrown);
  if (!ofAgents.test(fault.code)) throw thrown;
  await crew.drop(worker, fault);
  return fault;
}

export function nobodyLeft(waiting: number, last: SwarmError | null): SwarmError {
  const why = last === null ? "none was started" : last.message;
  return new SwarmError(
    last?.code ?? "agent.exited",
    `No agent is left to decide ${waiting} parts of the backtest: ${why}`,
    {
      hint: "Run it again, or with more --agents",
      ...(last === null ? {} : { cause: last }),
      details: { waiting },
    },
  );
}
