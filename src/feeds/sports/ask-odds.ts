// The Odds API: prices of many bookmakers, joined by outcome and line and put through the calculators.
import type { OddsSection } from "../../contracts/operations/sports.ts";
import type { Feeds } from "../open-feeds.ts";
import { originOf } from "../origin.ts";
import { readAnswer } from "../read-answer.ts";
import type { League } from "./leagues.ts";
import { priceEvents, type PricingTerms } from "./price-events.ts";

const freshMs = 30_000;

export interface OddsQuestion extends Omit<PricingTerms, "nowMs" | "drawPossible"> {
  readonly markets: readonly string[];
  readonly regions: readonly string[];
}

export async function askOdds(
  feeds: Feeds,
  { odds, drawPossible }: League,
  { markets, regions, ...terms }: OddsQuestion,
  signal: AbortSignal,
): Promise<OddsSection> {
  const client = feeds.odds();
  const query = { regions: regions.join(","), markets: markets.join(","), oddsFormat: "decimal", dateFormat: "iso" };
  const answer = await client.get(`/sports/${odds}/odds`, query, { signal, freshMs });
  const events = readAnswer("feed.odds-events", client, answer);
  const origin = originOf("The Odds API", [answer], feeds.clock);
  return { ...origin, ...priceEvents(events, { ...terms, drawPossible, nowMs: feeds.clock.nowMs() }) };
}
