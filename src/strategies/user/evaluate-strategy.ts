// The compiled text of a strategy file becomes a strategy like ours. Bars are copied in, decisions are read out as text, a chunk
// of bars at a time; whatever goes wrong names the file and what.
import type { Candles } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Decision, Params, PreparedStrategy, Strategy } from "../strategy.ts";
import { openRealm, saidBy, type Realm } from "./realm.ts";
import { readDecision } from "./read-decision.ts";
import { readDescription } from "./read-description.ts";
import { userLimits } from "./user-strategy.ts";

/** `code` is CommonJS text. Throws `strategy.invalid`. */
export function evaluateStrategy(code: string, file: string): Strategy {
  if (code.length > userLimits.codeChars) throw invalid(file, `it has more than ${userLimits.codeChars} characters`);
  const realm = openRealm();
  const described = inside(file, "it", () => {
    realm.run(code, userLimits.loadMs, file);
    return realm.run("strategyBridge.describe()", userLimits.loadMs);
  });
  const read = readDescription(String(described));
  if (!read.ok) throw invalid(file, read.problem);
  return { ...read.head, prepare: (candles, params) => prepare(realm, file, candles, params) };
}

export function invalid(file: string, problem: string, hint?: string, cause?: unknown): SwarmError {
  return new SwarmError("strategy.invalid", `Cannot use the strategy ${file}: ${problem}`, {
    hint: hint ?? "Export a default object with id, title, params and prepare; docs/user-strategies.md explains each",
    ...(cause === undefined ? {} : { cause }),
    details: { file, problem },
  });
}

interface Made {
  readonly firstIndicatorBar: number;
  readonly columns: readonly Float64Array[];
}

function prepare(realm: Realm, file: string, candles: Candles, params: Params): PreparedStrategy {
  const bars = candles.close.length;
  const columns = realm.bridge.columns(bars);
  for (const name of ["t", "open", "high", "low", "close", "volume"] as const) {
    const column: unknown = typeof columns === "object" && columns !== null ? Reflect.get(columns, name) : undefined;
    if (ArrayBuffer.isView(column)) Float64Array.prototype.set.call(column, candles[name]);
  }
  realm.bridge.held = columns;
  const call = `strategyBridge.prepare(${JSON.stringify(JSON.stringify(params))})`;
  const handle = inside(file, "prepare", () => realm.run(call, userLimits.prepareMs));
  const { firstIndicatorBar, columns: own } = madeOf(handle, file, bars);
  const decided = new Map<number, readonly Decision[]>();
  const chunkAt = (bar: number): readonly Decision[] => {
    const to = Math.min(bars, bar + userLimits.chunkBars);
    realm.bridge.held = handle;
    const text = inside(file, "decide", () => realm.run(`strategyBridge.decide(${bar},${to})`, userLimits.decideMs));
    return decisionsOf(text, file, bar);
  };
  return {
    firstIndicatorBar,
    columns: own,
    decide(bar, side) {
      let known = decided.get(bar);
      if (known === undefined) {
        const chunk = chunkAt(bar);
        for (let at = 0; 3 * at < chunk.length; at += 1) decided.set(bar + at, chunk.slice(3 * at, 3 * at + 3));
        known = decided.get(bar);
      }
      return known?.[side + 1] ?? "none";
    },
  };
}

function madeOf(handle: unknown, file: string, bars: number): Made {
  const of: object = typeof handle === "object" && handle !== null ? handle : {};
  const first: unknown = Reflect.get(of, "firstIndicatorBar");
  const columns: unknown = Reflect.get(of, "columns");
  if (typeof first !== "number" || !Number.isInteger(first) || first < 0)
    throw invalid(file, `its firstIndicatorBar is ${String(first)} and not a whole number from 0`);
  const list: readonly unknown[] = Array.isArray(columns) ? columns : [];
  if (list.length > userLimits.columns) throw invalid(file, `it has more than ${userLimits.columns} columns`);
  // A copy that is ours: theirs may change.
  const own = list.flatMap((column) => (isColumn(column) ? [new Float64Array(column)] : []));
  const odd = own.find((column) => column.length !== bars);
  if (odd !== undefined) throw invalid(file, `one of its columns has ${odd.length} values for ${bars} bars`);
  return { firstIndicatorBar: first, columns: own };
}

function isColumn(value: unknown): value is Float64Array {
  // A column of the other world is no instance of ours.
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Float64Array]";
}

function decisionsOf(text: unknown, file: string, from: number): readonly Decision[] {
  const list: unknown = JSON.parse(String(text));
  if (!Array.isArray(list)) throw invalid(file, "its decisions cannot be read");
  return list.map((value, at) => {
    const decision = readDecision(value);
    if (decision !== null) return decision;
    const where = `on bar ${from + Math.floor(at / 3)}, when ${["short", "flat", "long"][at % 3]},`;
    const shown = JSON.stringify(value).slice(0, 100);
    throw invalid(
      file,
      `${where} it decides ${shown}`,
      'Decide "none", "buy", "sell", "close", or { side, … } with prices above zero',
    );
  });
}

/** What is thrown inside becomes a sentence about the file. */
function inside<Found>(file: string, what: string, call: () => Found): Found {
  try {
    return call();
  } catch (thrown) {
    // An error of the other world is no instance of ours.
    const code: unknown = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, "code") : undefined;
    const late = code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    throw invalid(file, late ? `${what} does not end in time` : `${what} fails: ${saidBy(thrown)}`, undefined, thrown);
  }
}
