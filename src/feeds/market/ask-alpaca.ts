// Alpaca's historical daily bars of one stock: page by page, days by the exchange's calendar and completeness by Alpaca's clock,
// so that a wrong clock here neither cuts a day off nor takes a day that is still running.
import type { Tape } from "../../contracts/candles.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { usSessions } from "../../market/calendar/us-sessions.ts";
import { malformed, quote } from "../http/feed-faults.ts";
import type { Answer, Client } from "../http/open-client.ts";
import type { Feeds } from "../open-feeds.ts";
import { readAnswer } from "../read-answer.ts";
import { dailyTape, lastCompleteDay, type DailyBar, type DailyRequest } from "./daily-tape.ts";

const pageSize = 10_000;
/** Enough for a thousand years of days. */
const maxPages = 50;
const dayMs = 86_400_000;
const path = "/v2/stocks/bars";

/** Split-adjusted bars of the consolidated tape. Throws `market.symbol`, `market.range`, `feed.*`, `auth.*`. */
export async function askAlpaca(feeds: Feeds, request: DailyRequest, signal: AbortSignal): Promise<Tape> {
  const client = feeds.alpaca();
  const { bars, answer, cachedSeconds } = await readPages(client, request, feeds.clock.nowMs(), signal);
  const retrievedAt = new Date(answer.retrievedAtMs).toISOString();
  const cached = cachedSeconds === 0 ? "" : ` after ${cachedSeconds} s in caches`;
  const from = {
    name: "Alpaca",
    host: client.host,
    source: `Alpaca ${path}, feed sip, split-adjusted, retrieved ${retrievedAt}${cached}`,
    licence: "Alpaca's market data agreement with the user; not for redistribution",
    adjustment: "split",
    sessions: usSessions,
  } as const;
  return dailyTape(bars, request, from, lastCompleteDay(answer.retrievedAtMs + (answer.clockAheadMs ?? 0)));
}

interface Pages {
  readonly bars: readonly DailyBar[];
  /** Of the last page. */
  readonly answer: Answer;
  /** Of the page that was longest in caches. */
  readonly cachedSeconds: number;
}

async function readPages(
  client: Client,
  { symbol, start, end }: DailyRequest,
  nowMs: number,
  signal: AbortSignal,
): Promise<Pages> {
  const bars: DailyBar[] = [];
  let cachedSeconds = 0;
  const tokens = new Set<string>();
  let token: string | undefined;
  // Free plans refuse an end within the last minutes; without one they stop before them.
  const past = end !== undefined && Date.parse(`${end}T00:00:00Z`) + dayMs < nowMs;
  const range = { start: `${start}T00:00:00Z`, end: past ? `${end}T23:59:59Z` : undefined };
  const query = { symbols: symbol, timeframe: "1Day", ...range, limit: pageSize, adjustment: "split", feed: "sip" };
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await client.get(path, { ...query, page_token: token }, { signal });
    checkSymbol(symbol, answer);
    cachedSeconds = Math.max(cachedSeconds, answer.cachedSeconds);
    const { bars: found, next_page_token: next } = readAnswer("feed.alpaca-bars", client, answer);
    for (const { t, o, h, l, c, v } of found[symbol] ?? []) {
      bars.push({ t: dayOf(t, client.host), open: o, high: h, low: l, close: c, volume: v });
    }
    if (next === null || next === undefined || next === "") return { bars, answer, cachedSeconds };
    if (tokens.has(next)) throw malformed(client.host, "names a page that was read already");
    tokens.add(next);
    token = next;
  }
  throw malformed(client.host, `has more than ${maxPages} pages`);
}

/** Alpaca answers 400 or 422 to what is no symbol of its own. */
function checkSymbol(symbol: string, { status, body }: Answer): void {
  const said = quote(JSON.stringify(body));
  if (status < 300 || !/symbol/i.test(said)) return;
  throw new SwarmError("market.symbol", `Alpaca knows no stock ${symbol}: ${said}`, {
    hint: "Check the symbol; crypto pairs are asked for with --feed ccxt:<exchange>",
    details: { symbol },
  });
}

/** Daily bars begin at midnight in New York, four or five hours after that of UTC. */
function dayOf(time: string, host: string): number {
  const t = Date.parse(time);
  const midnight = Math.floor(t / dayMs) * dayMs;
  const hours = (t - midnight) / 3_600_000;
  if (hours === 4 || hours === 5) return midnight;
  throw malformed(host, `has a daily bar at ${time}, which is not midnight in New York`);
}
