// Everything that is asked for about one league. A source that fails leaves its section empty and says why; when none answered,
// that fault is the answer.
import { feedSources, type FeedSource } from "../../contracts/names.ts";
import type { FantasyInput, FantasyOutput, MissingSection } from "../../contracts/operations/sports.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Feeds } from "../open-feeds.ts";
import { askEspn } from "./ask-espn.ts";
import { askOdds } from "./ask-odds.ts";
import { askSleeper } from "./ask-sleeper.ts";
import { leagues } from "./leagues.ts";

/** Throws the first source's fault when no section came. */
export async function getLeague(feeds: Feeds, input: FantasyInput, signal: AbortSignal): Promise<FantasyOutput> {
  const league = leagues[input.sport];
  const wanted = input.sources ?? feedSources;
  const failures: SwarmError[] = [];
  const missing = (thrown: unknown): MissingSection => {
    const fault = SwarmError.from(thrown);
    if (signal.aborted || fault.code === "internal") throw thrown;
    failures.push(fault);
    return { status: "failed", code: fault.code, reason: fault.message };
  };
  const section = async <Found>(
    source: FeedSource,
    ask: () => Promise<Found>,
  ): Promise<Found | MissingSection | null> => (wanted.includes(source) ? ask().catch(missing) : null);
  const { playerNames = false, markets = ["h2h"], regions = ["us"], maxQuoteAgeSeconds = 600 } = input;
  const { bankroll = 100, kellyFraction = 0.25 } = input;
  const question = { markets, regions, maxQuoteAgeSeconds, bankroll, kellyFraction };
  const sleeper = league.sleeper;
  const [fantasy, games, odds] = await Promise.all([
    section("sleeper", async () =>
      sleeper === null ? notOffered("Sleeper", league.title) : askSleeper(feeds, sleeper, { playerNames, signal }),
    ),
    section("espn", () => askEspn(feeds, league.espn, signal)),
    section("odds", () => askOdds(feeds, league, question, signal)),
  ]);
  const found = [fantasy, games, odds].filter((one) => one !== null);
  const [first] = failures;
  if (first !== undefined && found.every(({ status }) => status !== "ok")) throw first;
  return {
    sport: input.sport,
    askedAt: new Date(feeds.clock.nowMs()).toISOString(),
    ...(fantasy === null ? {} : { fantasy }),
    ...(games === null ? {} : { games }),
    ...(odds === null ? {} : { odds }),
  };
}

function notOffered(source: string, title: string): MissingSection {
  return { status: "not-offered", code: null, reason: `${source} does not cover the ${title}` };
}
