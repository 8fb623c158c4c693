// The data sources of a process. Clients are opened on first use and shared, because pace and fresh answers are per source.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import type { Env } from "../host/env.ts";
import type { Random } from "../host/random.ts";
import { feedAddress } from "./feed-address.ts";
import { openClient, type Client, type ClientLimits } from "./http/open-client.ts";

export interface FeedsOptions {
  readonly env: Env;
  readonly clock: Clock;
  readonly random: Random;
  /** For files that are asked for once a day. */
  readonly folder: string;
  /** For all sources; what is absent has the source's own default. */
  readonly limits?: Partial<ClientLimits>;
}

/** Each throws `usage.invalid` for a wrong address in the environment, `auth.missing` when the source needs a key. */
export interface Feeds {
  readonly clock: Clock;
  readonly folder: string;
  sleeper(): Client;
  espn(): Client;
  odds(): Client;
  /** Whether THE_ODDS_API_KEY is set. */
  readonly hasOddsKey: boolean;
}

export function openFeeds({ env, clock, random, folder, limits = {} }: FeedsOptions): Feeds {
  const parts = { clock, random };
  const sleeper = once(() =>
    // Sleeper asks for fewer than 1,000 a minute.
    openClient({
      ...parts,
      baseUrl: feedAddress(env, "SLEEPER_API_URL", "https://api.sleeper.app/v1"),
      limits: { perMinute: 500, ...limits },
    }),
  );
  const espn = once(() =>
    openClient({
      ...parts,
      baseUrl: feedAddress(env, "ESPN_API_URL", "https://site.api.espn.com/apis/site/v2"),
      limits: { perMinute: 60, ...limits },
    }),
  );
  const odds = once(() =>
    openClient({
      ...parts,
      baseUrl: feedAddress(env, "THE_ODDS_API_URL", "https://api.the-odds-api.com/v4"),
      secretQuery: { apiKey: keyOf(env, "THE_ODDS_API_KEY", "The Odds API") },
      limits: { perMinute: 60, ...limits },
    }),
  );
  return { clock, folder, sleeper, espn, odds, hasOddsKey: (env.THE_ODDS_API_KEY ?? "") !== "" };
}

function keyOf(env: Env, variable: string, service: string): string {
  const key = env[variable] ?? "";
  if (key !== "") return key;
  throw new SwarmError("auth.missing", `Cannot ask ${service}: ${variable} is not set`, {
    hint: `Set ${variable} to a key of ${service}`,
    details: { variable },
  });
}

function once(open: () => Client): () => Client {
  let client: Client | undefined;
  return () => (client ??= open());
}
