// Quotes of many bookmakers to markets: joined by the names and lines of their outcomes, never by their order. Stale quotes and
// markets that do not hold together are left out and counted.
import type { OddsEvents } from "../../contracts/feeds.ts";
import type { PricedEvent } from "../../contracts/operations/sports.ts";
import { priceMarket, type Book, type MarketTerms, type Outcome } from "./price-market.ts";

export interface PricingTerms extends MarketTerms {
  readonly maxQuoteAgeSeconds: number;
  readonly drawPossible: boolean;
}

type Event = OddsEvents[number];
type Market = Event["bookmakers"][number]["markets"][number];

export interface Priced {
  readonly staleQuotes: number;
  readonly brokenQuotes: number;
  readonly events: PricedEvent[];
}

export function priceEvents(events: OddsEvents, terms: PricingTerms): Priced {
  const counts = { staleQuotes: 0, brokenQuotes: 0 };
  const priced = events.map((event): PricedEvent => {
    const groups = groupsOf(event, terms, counts);
    return {
      eventId: event.id,
      startTime: event.commence_time,
      homeTeam: event.home_team,
      awayTeam: event.away_team,
      markets: [...groups.values()].map(({ market, line, pushPossible, books }) => ({
        market,
        line,
        pushPossible,
        bookmakers: books.length,
        ...priceMarket(books, pushPossible, terms),
      })),
    };
  });
  return { ...counts, events: priced };
}

interface Group {
  readonly market: string;
  readonly line: number | null;
  readonly pushPossible: boolean;
  readonly books: Book[];
}

function groupsOf(
  event: Event,
  { maxQuoteAgeSeconds, drawPossible, nowMs }: PricingTerms,
  counts: { staleQuotes: number; brokenQuotes: number },
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const { key: bookmaker, markets } of event.bookmakers) {
    for (const market of markets) {
      const quotedMs = Date.parse(market.last_update);
      if (nowMs - quotedMs > maxQuoteAgeSeconds * 1_000) {
        counts.staleQuotes += market.outcomes.length;
        continue;
      }
      for (const { line, outcomes } of linesOf(market, event)) {
        if (line === undefined) {
          counts.brokenQuotes += outcomes.length;
          continue;
        }
        const names = outcomes.map(({ name, point }) => `${name}@${point ?? ""}`);
        const key = JSON.stringify([market.key, line, names]);
        const pushPossible = line === null ? drawPossible && outcomes.length === 2 : !isHalf(line);
        const group = groups.get(key) ?? { market: market.key, line, pushPossible, books: [] };
        group.books.push({ bookmaker, quotedMs, outcomes });
        groups.set(key, group);
      }
    }
  }
  return groups;
}

interface Line {
  /** null: no line; undefined: the outcomes do not make a market. */
  readonly line: number | null | undefined;
  /** In a fixed order. */
  readonly outcomes: readonly Outcome[];
}

/** A market's outcomes by line: of spreads the home side's point, of totals the total. */
function linesOf({ key, outcomes }: Market, event: Event): readonly Line[] {
  const byLine = new Map<number | null | undefined, Outcome[]>();
  for (const { name, price, point } of outcomes) {
    const line = lineOf(key, name, point, event);
    byLine.set(line, [...(byLine.get(line) ?? []), { name, point: point ?? null, decimalOdds: price }]);
  }
  return [...byLine].map(([line, found]) => {
    const sorted = found.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { line: isWhole(key, sorted, event) ? line : undefined, outcomes: sorted };
  });
}

function lineOf(key: string, name: string, point: number | undefined, event: Event): number | null | undefined {
  if (key === "h2h") return point === undefined ? null : undefined;
  if (point === undefined) return undefined;
  if (key === "spreads") return name === event.home_team ? point : 0 - point;
  return key === "totals" ? point : undefined;
}

/** Every side exactly once. */
function isWhole(key: string, outcomes: readonly Outcome[], { home_team: home, away_team: away }: Event): boolean {
  const wanted = key === "totals" ? ["Over", "Under"] : [home, away];
  const names = new Set(outcomes.map(({ name }) => name));
  if (names.size !== outcomes.length || !wanted.every((name) => names.has(name))) return false;
  const rest = [...names].filter((name) => !wanted.includes(name));
  return rest.length === 0 || (key === "h2h" && rest.length === 1 && rest[0] === "Draw");
}

/** Half points cannot be met exactly; whole ones can, and quarters are half a whole one. */
function isHalf(line: number): boolean {
  return Math.abs(line * 2) % 2 === 1;
}
