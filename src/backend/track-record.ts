// What became of earlier decisions: kept when a tape shows it, read only by votes on later days. Nothing here is edited.
import type { Decision } from "../contracts/ballots.ts";
import { canonicalJson } from "../contracts/json.ts";
import { check } from "../contracts/parse.ts";
import type { RecordStore } from "../contracts/record-store.ts";
import type { Resolved } from "../contracts/resolved.ts";
import { dateAt, type View } from "./market-view.ts";

const namespace = "track-record";
/** Bars after which a decision is judged: a trading week. */
const horizonBars = 5;
const maxResolved = 1_000;
const signs = { buy: 1, sell: -1, hold: 0 } as const;

/** Decisions whose outcome was known on `asOf`, by day and symbol; the latest 1,000. */
export async function readTrackRecord(store: RecordStore, asOf: string): Promise<readonly Resolved[]> {
  const entries = await store.list(namespace);
  const known = entries.flatMap(({ value }) => {
    const parsed = check("resolved", value);
    return parsed.ok && parsed.value.resolvedOn <= asOf ? [parsed.value] : [];
  });
  known.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return known.slice(-maxResolved);
}

/** Keeps how a decision turned out; nothing while its tape ends before. The first decision of a day on a symbol stands. */
export async function keepOutcome(store: RecordStore, view: View, decision: Decision): Promise<void> {
  const resolved = resolve(view, decision);
  if (resolved === null) return;
  const value = JSON.parse(canonicalJson(resolved));
  await store.compareAndSet(namespace, placeOf(resolved), 0, value, { writer: "coordinator", ttlSeconds: null });
}

function resolve({ symbol, tape, bar, asOf }: View, { round, ballots, members }: Decision): Resolved | null {
  const { close } = tape.candles;
  const [before, after] = [close[bar], close[bar + horizonBars]];
  if (before === undefined || after === undefined) return null;
  const able = new Set(members.filter(({ weightPpm }) => weightPpm > 0).map(({ agentId }) => agentId));
  const opinions = ballots.flatMap(({ agentId, vote, convictionPpm }) =>
    vote === "abstain" || !able.has(agentId)
      ? []
      : [{ agentId, upPpm: 500_000 + signs[vote] * Math.floor(convictionPpm / 2) }],
  );
  return { round, symbol, asOf, resolvedOn: dateAt(tape, bar + horizonBars), up: after > before, opinions };
}

function placeOf({ asOf, symbol }: Resolved): string {
  return `${asOf}/${symbol}`;
}
