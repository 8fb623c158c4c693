// A strategy over several symbols decides by what is held, so its parts follow each other: the account is kept here, and the
// agent whose part a bar is in says from there on when it orders next. An agent that fails is followed by another one.
import { otherwiseOrdered } from "../../backtest/split/confirm-part.ts";
import { splitBars } from "../../backtest/split/split-bars.ts";
import { bookSteps, type BookConfig, type BookQuestion, type BookRun } from "../../backtest/book/simulate-book.ts";
import type { Candles } from "../../contracts/candles.ts";
import { invariant } from "../../contracts/invariant.ts";
import { maxPartBars } from "../../contracts/frame-limits.ts";
import type { Ordered, Part } from "../../contracts/part-frames.ts";
import type { SwarmError } from "../../contracts/swarm-error.ts";
import type { DecideBook } from "../../strategies/book-strategy.ts";
import type { Stretch } from "../../strategies/decide-part.ts";
import type { Params } from "../../strategies/strategy.ts";
import { otherwise, pieceWithinMs, showBars } from "./ask-part.ts";
import type { Crew, Worker } from "./crew.ts";
import { nobodyLeft, outAfter } from "./share-parts.ts";

export interface BookShare {
  readonly series: readonly Candles[];
  readonly strategy: string;
  readonly params: Params;
  /** The strategy's own decisions, to compare with. */
  readonly own: DecideBook;
  readonly config: BookConfig;
  readonly nextTaskId: () => string;
  readonly checkStop: () => void;
}

export interface SharedStretch extends Stretch {
  readonly agentId: string;
  readonly sandboxId: string;
}

/** The run, and who decided which bars. Throws the last agent's fault when none is left. */
export async function decideBook(
  crew: Crew,
  agents: number,
  share: BookShare,
): Promise<{ readonly run: BookRun; readonly parts: readonly SharedStretch[] }> {
  const pieces = splitBars(share.series[0]?.t.length ?? 0, agents).flatMap((part, place) => inPieces(part, place));
  const steps = bookSteps(share.series, share.config);
  const parts: SharedStretch[] = [];
  const shownTo = new Map<Worker, number>();
  let step = steps.next();
  for (const { place, ...piece } of pieces) {
    let told: Told | null = null;
    while (step.done !== true && step.value.bar < piece.to) {
      const { bar } = step.value;
      if (told === null || (told.ordered !== null && bar > told.ordered.bar)) {
        told = await askAnyone(crew, place, share, { question: step.value, to: piece.to, shownTo });
        parts.push({ agentId: told.worker.agentId, sandboxId: told.worker.sandboxId, from: bar, to: piece.to });
      }
      step = steps.next(bar === told.ordered?.bar ? told.ordered.changes : []);
    }
  }
  invariant(step.done === true, "the pieces hold every bar that the run asks about");
  return { run: step.value, parts: ends(parts) };
}

interface Told {
  readonly worker: Worker;
  /** null = nothing is ordered up to the end of the piece. */
  readonly ordered: Ordered | null;
}

interface Ask {
  readonly question: BookQuestion;
  readonly to: number;
  /** How far each agent was shown the tapes. */
  readonly shownTo: Map<Worker, number>;
}

/** Asks the agent whose turn it is, then others. */
async function askAnyone(crew: Crew, place: number, share: BookShare, ask: Ask): Promise<Told> {
  let last: SwarmError | null = null;
  for (;;) {
    share.checkStop();
    const living = crew.living();
    const worker = living[place % Math.max(1, living.length)];
    if (worker === undefined) throw nobodyLeft(1, last);
    try {
      return { worker, ordered: await askOne(worker, share, ask) };
    } catch (thrown) {
      last = await outAfter(crew, worker, thrown);
    }
  }
}

async function askOne(worker: Worker, share: BookShare, { question, to, shownTo }: Ask): Promise<Ordered | null> {
  const { series, strategy, params, own, nextTaskId } = share;
  const from = question.bar;
  // Only what is new to this agent; a successor is shown the tapes from their beginning.
  await showBars(worker, series, shownTo.get(worker) ?? 0, to);
  shownTo.set(worker, to);
  const holding = { units: [...question.view.units], equity: question.equityUntil(to) };
  const origin = { kind: "part", taskId: nextTaskId(), strategy, params: { ...params } } as const;
  const part: Part = { ...origin, tapes: series.length, from, to, holding };
  const { ordered } = await worker.decide(part, { timeoutMs: pieceWithinMs });
  const bar = otherwiseOrdered(own, part, ordered);
  if (bar >= 0) throw otherwise(worker.agentId, bar);
  return ordered;
}

function inPieces({ from, to }: Stretch, place: number): readonly (Stretch & { readonly place: number })[] {
  const count = Math.ceil((to - from) / maxPartBars);
  return Array.from({ length: count }, (_, piece) => {
    const begin = from + piece * maxPartBars;
    return { place, from: begin, to: Math.min(to, begin + maxPartBars) };
  });
}

/** Each stretch up to where the next one begins, neighbours of one agent as one. */
function ends(parts: readonly SharedStretch[]): readonly SharedStretch[] {
  return parts.reduce<SharedStretch[]>((kept, part, place) => {
    const cut = { ...part, to: parts[place + 1]?.from ?? part.to };
    const before = kept.at(-1);
    if (before?.agentId !== cut.agentId) return [...kept, cut];
    return [...kept.slice(0, -1), { ...before, to: cut.to }];
  }, []);
}
