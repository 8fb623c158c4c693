// ccxt's errors as ours, by the names of their classes and of the classes behind those.
// https://docs.ccxt.com/#/?id=exception-hierarchy
import { SwarmError } from "../../contracts/swarm-error.ts";
import { failed, rateLimited, refused, unreachable } from "../http/feed-faults.ts";

const kinds: readonly (readonly [string, (host: string, said: string, symbol: string) => SwarmError])[] = [
  ["BadSymbol", (host, said, symbol) => unknownSymbol(host, said, symbol)],
  ["AuthenticationError", (host, said) => refused(host, 401, said)],
  ["PermissionDenied", (host, said) => refused(host, 403, said)],
  ["DDoSProtection", (host) => rateLimited(host, null)],
  ["RateLimitExceeded", (host) => rateLimited(host, null)],
  ["OnMaintenance", (host, said) => failed(host, 503, said)],
  ["NetworkError", (host, said) => unreachable(host, said.slice(0, 200))],
  ["BaseError", (host, said) => failed(host, 502, said)],
];

/** Anything that is no error of ccxt passes through. `again`: the request may be repeated. */
export function exchangeFault(
  thrown: unknown,
  host: string,
  symbol: string,
): { readonly fault: unknown; readonly again: boolean } {
  if (!(thrown instanceof Error)) return { fault: thrown, again: false };
  const names = classNames(thrown);
  const kind = kinds.find(([name]) => names.includes(name));
  if (kind === undefined) return { fault: thrown, again: false };
  return { fault: kind[1](host, thrown.message, symbol), again: names.includes("NetworkError") };
}

function classNames(thrown: object): readonly string[] {
  const names: string[] = [];
  for (
    let at: unknown = Object.getPrototypeOf(thrown);
    at !== null && typeof at === "object";
    at = Object.getPrototypeOf(at)
  ) {
    names.push(at.constructor.name);
  }
  return names;
}

function unknownSymbol(host: string, said: string, symbol: string): SwarmError {
  return new SwarmError("market.symbol", `${host} knows no pair ${symbol}: ${said.slice(0, 200)}`, {
    hint: "Write pairs as BTC/USD, in the names of the exchange",
    details: { symbol },
  });
}
