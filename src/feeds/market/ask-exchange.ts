// Daily candles of a crypto exchange through ccxt: page by page from the first day, without the candle that is still open.
import type { Tape } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { check } from "../../contracts/parse.ts";
import type { CcxtCandles } from "../../contracts/feeds.ts";
import { malformed } from "../http/feed-faults.ts";
import type { Feeds } from "../open-feeds.ts";
import { dailyTape, lastCompleteDay, type DailyBar, type DailyRequest } from "./daily-tape.ts";
import { exchangeFault } from "./exchange-fault.ts";
import type { Exchange } from "./open-exchange.ts";

const dayMs = 86_400_000;
const pageBars = 500;
/** Pages of at least one bar: thirty years. */
const maxPages = 11_000;
const attempts = 3;
const waitMs = 1_000;

/** Throws `market.symbol`, `market.range`, `feed.*`, `auth.refused`. */
export async function askExchange(feeds: Feeds, id: string, request: DailyRequest, signal: AbortSignal): Promise<Tape> {
  const exchange = await feeds.exchange(id);
  const stop = (): void => void exchange.close().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const ask = asker(exchange, request.symbol, feeds, signal);
    const nowMs = (await ask(() => exchange.now())) ?? feeds.clock.nowMs();
    const lastDay = lastCompleteDay(nowMs);
    const bars = await readPages(exchange, request, lastDay, ask);
    const from = {
      name: `${id} through ccxt`,
      host: exchange.host,
      source: `${id} through ccxt, fetchOHLCV 1d, retrieved ${new Date(feeds.clock.nowMs()).toISOString()}`,
      licence: "the exchange's terms with the user; not for redistribution",
      adjustment: "none",
      sessions: everyDay,
    } as const;
    return dailyTape(bars, request, from, lastDay);
  } finally {
    signal.removeEventListener("abort", stop);
    await exchange.close().catch(() => undefined);
  }
}

type Ask = <Found>(question: () => Promise<Found>) => Promise<Found>;

/** Repeats what broke on the way, with a pause that grows. */
function asker({ host }: Exchange, symbol: string, { clock }: Feeds, signal: AbortSignal): Ask {
  return async (question) => {
    for (let attempt = 1; ; attempt += 1) {
      if (signal.aborted) throw new SwarmError("cancelled", `The caller stopped asking ${host}`);
      try {
        return await question();
      } catch (thrown) {
        const { fault, again } = exchangeFault(thrown, host, symbol);
        if (!again || attempt === attempts) throw fault;
        await clock.sleep(waitMs * attempt, signal);
      }
    }
  };
}

async function readPages(
  exchange: Exchange,
  { symbol, start, end }: DailyRequest,
  lastDay: string,
  ask: Ask,
): Promise<readonly DailyBar[]> {
  const bars: DailyBar[] = [];
  const until = Date.parse(`${end !== undefined && end < lastDay ? end : lastDay}T00:00:00Z`);
  let since = Date.parse(`${start}T00:00:00Z`);
  for (let page = 0; page < maxPages && since <= until; page += 1) {
    const from = since;
    const candles = readCandles(await ask(() => exchange.candles(symbol, from, pageBars)), exchange.host);
    // Some exchanges begin a page with a candle before the one that was asked for.
    const fresh = candles.filter(({ t }) => t >= from);
    bars.push(...fresh);
    const last = fresh.at(-1);
    if (last === undefined) break;
    since = last.t + dayMs;
  }
  return bars.filter(({ t }) => t <= until);
}

function readCandles(answer: unknown, host: string): readonly DailyBar[] {
  const parsed = check("feed.ccxt-candles", answer);
  if (!parsed.ok) throw malformed(host, `is not as documented: ${parsed.field} ${parsed.problem}`);
  return parsed.value.map((row) => barOf(row, host));
}

function barOf(
  [t = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN]: CcxtCandles[number],
  host: string,
) {
  if (t % dayMs !== 0) throw malformed(host, "has a daily candle that does not begin at midnight UTC");
  return { t, open, high, low, close, volume };
}

function everyDay(start: string, end: string): readonly number[] {
  const days: number[] = [];
  const last = Date.parse(`${end}T00:00:00Z`);
  for (let t = Date.parse(`${start}T00:00:00Z`); t <= last; t += dayMs) days.push(t);
  return days;
}
