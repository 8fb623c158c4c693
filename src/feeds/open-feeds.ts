// The data sources of a process. Clients are opened on first use and shared, because pace and fresh answers are per source.
import type { Clock } from "../host/clock.ts";
import type { Env } from "../host/env.ts";
import type { Random } from "../host/random.ts";
import { readKey } from "../host/read-key.ts";
import { feedAddress } from "./feed-address.ts";
import { installedCcxt, openExchange, type Exchange, type LoadCcxt } from "./market/open-exchange.ts";
import { openClient, type Client, type ClientLimits } from "./http/open-client.ts";

export interface FeedsOptions {
  readonly env: Env;
  readonly clock: Clock;
  readonly random: Random;
  /** For files that are asked for once a day. */
  readonly folder: string;
  /** For all sources; what is absent has the source's own default. */
  readonly limits?: Partial<ClientLimits>;
  /** Default: the installed package. */
  readonly loadCcxt?: LoadCcxt;
}

/** Each throws `usage.invalid` for a wrong address in the environment, `auth.missing` when the source needs a key. */
export interface Feeds {
  readonly clock: Clock;
  readonly folder: string;
  sleeper(): Client;
  espn(): Client;
  odds(): Client;
  alpaca(): Client;
  /** An exchange of the optional package ccxt. Throws `feed.not-installed`, `usage.invalid` for an unknown one. */
  exchange(id: string): Promise<Exchange>;
}

export function openFeeds({ env, clock, random, folder, limits = {}, loadCcxt = installedCcxt }: FeedsOptions): Feeds {
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
      secretQuery: { apiKey: readKey(env, "The Odds API", ["THE_ODDS_API_KEY"]) },
      limits: { perMinute: 60, ...limits },
    }),
  );
  const alpaca = once(() =>
    openClient({
      ...parts,
      baseUrl: feedAddress(env, "ALPACA_DATA_URL", "https://data.alpaca.markets"),
      headers: {
        "apca-api-key-id": readKey(env, "Alpaca", ["ALPACA_API_KEY", "APCA_API_KEY_ID"]),
        "apca-api-secret-key": readKey(env, "Alpaca", ["ALPACA_API_SECRET", "APCA_API_SECRET_KEY"]),
      },
      // 200 a minute on the free plan.
      limits: { perMinute: 180, ...limits },
    }),
  );
  const exchange = (id: string): Promise<Exchange> => openExchange(id, loadCcxt);
  return { clock, folder, sleeper, espn, odds, alpaca, exchange };
}

function once(open: () => Client): () => Client {
  let client: Client | undefined;
  return () => (client ??= open());
}
