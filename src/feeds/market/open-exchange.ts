// The optional package ccxt, loaded when a crypto exchange is asked for and not before: it has sixty megabytes. What is used of
// it is written down here; its errors are told apart by the names of their classes.
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

/** What is used of an exchange of ccxt. */
export interface Exchange {
  readonly id: string;
  readonly host: string;
  /** Daily candles from `since`, ms, oldest first; the last one may still be open. */
  candles(symbol: string, since: number, limit: number): Promise<unknown>;
  /** The exchange's clock, ms; null when it does not tell. */
  now(): Promise<number | null>;
  close(): Promise<void>;
}

export type LoadCcxt = () => Promise<unknown>;

const requestMs = 10_000;
const packageName: string = "ccxt";

export const installedCcxt: LoadCcxt = () => import(packageName);

/** Throws `feed.not-installed`, and `usage.invalid` for an exchange that ccxt does not know. */
export async function openExchange(id: string, load: LoadCcxt): Promise<Exchange> {
  const library = await load().catch((cause: unknown) => {
    throw notInstalled(cause);
  });
  const classes = isRecord(library) && isRecord(library.default) ? library.default : library;
  const make: unknown = isRecord(classes) || typeof classes === "function" ? Reflect.get(classes, id) : undefined;
  const known: unknown =
    isRecord(classes) || typeof classes === "function" ? Reflect.get(classes, "exchanges") : undefined;
  if (!isConstructor(make) || !Array.isArray(known) || !known.includes(id)) {
    throw new SwarmError("usage.invalid", `Cannot ask ${id}: ccxt knows no exchange of this name`, {
      hint: "Give one of ccxt's ids, for instance --feed ccxt:kraken",
      details: { field: "feed" },
    });
  }
  // It paces its own requests by the exchange's limits.
  const exchange = new make({ enableRateLimit: true, timeout: requestMs });
  const invoke = async (name: string, ...args: readonly unknown[]): Promise<unknown> => {
    const method: unknown = Reflect.get(exchange, name);
    if (!isMethod(method))
      throw new SwarmError("feed.malformed", `${id} of ccxt has no ${name}`, { hint: "Install ccxt 4" });
    return method.call(exchange, ...args);
  };
  const can: unknown = Reflect.get(exchange, "has");
  const tellsTime = isRecord(can) && can.fetchTime === true;
  return {
    id,
    host: hostOf(exchange) ?? id,
    candles: (symbol, since, limit) => invoke("fetchOHLCV", symbol, "1d", since, limit),
    async now() {
      const time = tellsTime ? await invoke("fetchTime") : null;
      return typeof time === "number" && Number.isFinite(time) ? time : null;
    },
    close: async () => void (isMethod(Reflect.get(exchange, "close")) ? await invoke("close") : undefined),
  };
}

type Constructor = new (options: object) => object;
type Method = (this: object, ...args: readonly unknown[]) => unknown;

function isConstructor(value: unknown): value is Constructor {
  return typeof value === "function";
}

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

/** From the first address of its interface. */
function hostOf(exchange: object): string | null {
  const urls: unknown = Reflect.get(exchange, "urls");
  const api: unknown = isRecord(urls) ? urls.api : undefined;
  const first = isRecord(api) ? Object.values(api).find((url) => typeof url === "string") : api;
  return typeof first === "string" && URL.canParse(first) ? new URL(first).host : null;
}

function notInstalled(cause: unknown): SwarmError {
  return new SwarmError(
    "feed.not-installed",
    "Cannot ask a crypto exchange: the optional package ccxt is not installed",
    {
      hint: "Run: npm install ccxt@4",
      cause,
      details: { package: "ccxt" },
    },
  );
}
