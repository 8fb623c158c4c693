// Pages: at most a hundred items, and an opaque token that says after which one the next page begins. What comes and goes
// between two pages shifts nothing.
import { problem, type Answer } from "../answer.ts";

export interface Paging {
  readonly limit: number;
  /** Key of the last item of the page before; null: from the start. */
  readonly after: number | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** `X-Next-Token` while there is more. */
  readonly headers: Readonly<Record<string, string>>;
}

const maxLimit = 100;

export function readPaging(query: URLSearchParams): Paging | Answer {
  const limit = Number(query.get("limit") ?? maxLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) return problem(400, `limit must be 1 to ${maxLimit}`);
  const token = query.get("nextToken");
  if (token === null || token === "") return { limit, after: null };
  const match = /^after:(\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  return match === null ? problem(400, "Invalid next token") : { limit, after: Number(match[1]) };
}

/** `found` is sorted by `key` in the direction of `order`; no two items share a key. */
export function pageOf<T>(
  found: readonly T[],
  { limit, after }: Paging,
  { order, key }: { readonly order: "asc" | "desc"; readonly key: (item: T) => number },
): Page<T> {
  const isLater = (item: T): boolean => after === null || (order === "asc" ? key(item) > after : key(item) < after);
  const rest = found.filter(isLater);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || rest.length <= limit) return { items, headers: {} };
  return { items, headers: { "x-next-token": Buffer.from(`after:${key(last)}`).toString("base64url") } };
}
