// What a task of the live swarm asks: the opinion on one symbol at the close of one day, from installed prices. A payload is
// hostile until it was looked at: whoever can push to the queue wrote it.
import type { MarketWindow, Role, Task } from "../../contracts/frames.ts";
import { isRecord, type Json } from "../../contracts/json.ts";
import type { Tape } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { indexAsOf } from "../../market/cut-tape.ts";
import { readHeadlines } from "../../market/read-headlines.ts";
import { loadTape } from "../../market/read-tape.ts";
import { windowOf } from "../../market/window.ts";
import { partnerOf } from "../agent-types.ts";
import { taskFor } from "../agents.ts";

export interface Asked {
  readonly agentId: string;
  readonly role: Role;
  /** Those it is there for; of a pair, each is judged against the other. */
  readonly symbols: readonly string[];
  /** Parameters of its strategy. */
  readonly params: Readonly<Record<string, number>>;
  readonly taskId: string;
  /** One lease of the task; an agent is never asked twice under one. */
  readonly fence: number;
}

const maxBars = 1_000;
const defaultBars = 300;

/**
 * Turns `{ symbol, day, bars?, vote?, headlines? }` into a question to the agent's role; `round` is the task's id. Only
 * sentiment sees headlines, and only when the task has them. Throws `usage.invalid`, `market.*`.
 */
export function openWork(): (payload: Json, asked: Asked) => Task {
  const tapes = new Map<string, Tape>();
  const tapeOf = (symbol: string): Tape => {
    const tape = tapes.get(symbol) ?? loadTape(symbol);
    tapes.set(symbol, tape);
    return tape;
  };
  const partnerAt = (symbols: readonly string[], symbol: string, day: string, bars: number): MarketWindow | null => {
    const other = partnerOf(symbols, symbol);
    if (other === null) return null;
    const tape = tapeOf(other);
    const at = indexAsOf(tape, day);
    return at < 0 ? null : windowOf(tape, at, bars);
  };
  return (payload, { agentId, role, symbols, params, taskId, fence }) => {
    const { symbol, day, bars, headlines } = wanted(payload);
    const tape = tapeOf(symbol);
    const at = indexAsOf(tape, day);
    if (at < 0) throw unusable(`${symbol} has no prices up to ${day}`);
    const window = windowOf(tape, at, bars);
    const shown = headlines ? readHeadlines(symbol, tape.candles.t[at] ?? Number.NaN) : [];
    const partner = role === "pairs" ? partnerAt(symbols, symbol, day, bars) : null;
    const question = { round: taskId, agentId, symbol, window, partner, headlines: shown, params };
    return { ...taskFor(role, question), taskId: `${taskId}#${fence}` };
  };
}

interface Errand {
  readonly symbol: string;
  readonly day: string;
  readonly bars: number;
  readonly headlines: boolean;
}

function wanted(payload: Json): Errand {
  if (!isRecord(payload)) throw unusable("it is no object");
  const { symbol, day, bars = defaultBars, headlines = false } = payload;
  if (typeof symbol !== "string") throw unusable("it names no symbol");
  if (typeof day !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw unusable("it names no day such as 2017-01-03");
  if (typeof bars !== "number" || !Number.isInteger(bars) || bars < 1 || bars > maxBars) {
    throw unusable(`its bars are no whole number from 1 to ${maxBars}`);
  }
  if (typeof headlines !== "boolean") throw unusable("its headlines are neither true nor false");
  return { symbol, day, bars, headlines };
}

function unusable(why: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot work on this task: ${why}`, {
    hint: 'Push tasks such as { "symbol": "AAPL", "day": "2017-01-03" }',
  });
}
