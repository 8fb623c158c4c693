// A simulated swarm: nothing is contacted, nothing is written.
import { simulate } from "../../simulation/simulate.ts";
import { handler } from "../handler.ts";

export const handle = handler("simulate.input", "simulate.output", async ({ clock }, input, context) =>
  simulate(input, { clock, signal: context.signal, progress: (sentence) => context.progress(sentence) }),
);
