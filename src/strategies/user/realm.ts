// A world of its own for a strategy file: the language, and nothing that could make two runs differ. No time, chance, locale,
// files or network, and no object of ours that would lead back to them: only texts and numbers cross. It keeps decisions honest;
// it is no prison for code one does not trust.
import { createContext, runInContext, type Context } from "node:vm";
import { withoutPromises } from "./without-promises.ts";

/** Runs inside. Keeps the functions it needs before the file could change them. */
const inside = `(() => {
  "use strict";
  const { stringify, parse } = JSON;
  const Column = Float64Array;
  const Later = Promise;
  const isColumn = (value) => Object.prototype.toString.call(value) === "[object Float64Array]";
  const refuse = (what) => {
    throw new Error(what + " is not available: a strategy decides the same on every run");
  };
  Math.random = () => refuse("Math.random");
  const Real = Date;
  for (const name of Object.getOwnPropertyNames(Real.prototype)) {
    if (/^(get|set)(?!UTC|Time$)|Locale|^to(String|DateString|TimeString)$/.test(name)) delete Real.prototype[name];
  }
  const Pure = new Proxy(Real, {
    construct(of, args) {
      if (args.length !== 1 || typeof args[0] !== "number") refuse("A Date of anything but milliseconds");
      return Reflect.construct(of, args);
    },
    apply: () => refuse("Date()"),
    get: (of, key) => (key === "now" || key === "parse" ? () => refuse("Date." + key) : Reflect.get(of, key)),
  });
  Real.prototype.constructor = Pure;
  globalThis.Date = Pure;
  for (const name of ["Intl", "WeakRef", "FinalizationRegistry", "SharedArrayBuffer", "Atomics", "WebAssembly", "console"])
    delete globalThis[name];
  for (const of of [String, Number, Array, Object, BigInt])
    for (const name of Object.getOwnPropertyNames(of.prototype)) if (/locale/i.test(name)) delete of.prototype[name];
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;
  globalThis.require = (name) => {
    throw new Error("it imports " + name + ", and a strategy is one file");
  };
  let strategy;
  const kind = (value) => (value === null ? "null" : value instanceof Later ? "promise" : Array.isArray(value) ? "list" : typeof value);
  const bridge = {
    held: undefined,
    describe() {
      strategy = globalThis.module.exports.default;
      if (kind(strategy) !== "object") return stringify({ kind: kind(strategy) });
      const fields = Object.keys(strategy);
      const { prepare, ...rest } = strategy;
      return stringify({ kind: "object", fields, prepare: kind(prepare), ...rest });
    },
    columns: (bars) => ({
      t: new Column(bars),
      open: new Column(bars),
      high: new Column(bars),
      low: new Column(bars),
      close: new Column(bars),
      volume: new Column(bars),
    }),
    prepare(params) {
      const made = strategy.prepare(bridge.held, parse(params));
      if (kind(made) !== "object") throw new Error("prepare returns " + kind(made) + " and not an object");
      const { firstIndicatorBar, columns = [], decide } = made;
      if (typeof firstIndicatorBar !== "number") throw new Error("prepare returns no number firstIndicatorBar");
      if (typeof decide !== "function") throw new Error("prepare returns no function decide");
      if (!Array.isArray(columns) || !columns.every(isColumn))
        throw new Error("prepare returns columns that are no list of Float64Array");
      return { firstIndicatorBar, columns: columns.map((one) => new Column(one)), decide: (bar, side) => made.decide(bar, side) };
    },
    decide(from, to) {
      const decided = [];
      for (let bar = from; bar < to; bar += 1) for (let side = -1; side <= 1; side += 1) decided.push(bridge.held.decide(bar, side));
      if (decided.some((one) => kind(one) === "promise")) throw new Error("decide returns a promise, and a strategy decides at once");
      // A term that is undefined is no term that is absent.
      return stringify(decided, (_, value) => (value === undefined || typeof value === "function" ? null : value));
    },
  };
  Object.defineProperty(globalThis, "strategyBridge", { value: bridge });
  return bridge;
})()`;

export interface Bridge {
  /** What the next call works on: bars to prepare, or a prepared strategy. */
  held: unknown;
  columns(bars: number): unknown;
}

export interface Realm {
  readonly bridge: Bridge;
  /** Evaluates a text inside, with a limit on its time. Throws whatever is thrown inside, and refuses what makes a promise. */
  run(text: string, withinMs: number, file?: string): unknown;
}

export function openRealm(): Realm {
  const context: Context = createContext(Object.create(null), {
    // eval and Function make no code inside.
    codeGeneration: { strings: false, wasm: false },
    // What is put off runs within the same limit on time, not when everything here is done.
    microtaskMode: "afterEvaluate",
  });
  const bridge: unknown = runInContext(inside, context, { filename: "strategy-realm.js" });
  if (!isBridge(bridge)) throw new Error("Invariant broken: the realm has its bridge");
  return {
    bridge,
    run: (text, withinMs, file = "strategy-call.js") => {
      return withoutPromises((): unknown => runInContext(text, context, { timeout: withinMs, filename: file }));
    },
  };
}

/** What an error of either world says. */
export function saidBy(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const message: unknown = Reflect.get(thrown, "message");
  return (typeof message === "string" ? message : "it failed").slice(0, 300);
}

function isBridge(value: unknown): value is Bridge {
  return typeof value === "object" && value !== null && "held" in value && "columns" in value;
}
