// Members that share a model or a data source fail together, so together they weigh a third at most. What is cut off stays in
// the denominator as weight that nobody casts: a swarm of one model can therefore never agree with itself.
import type { Member } from "../contracts/ballots.ts";

/**
 * Weight of each member by agent id, millionths, rounded down. A domain that holds more than a third of all registered weight
 * is scaled to a third; a member of several such domains takes its smallest share. With `alone` every member is a domain too.
 */
export function cappedWeights(members: readonly Member[], alone: boolean): ReadonlyMap<string, bigint> {
  const all = members.reduce((sum, { weightPpm }) => sum + BigInt(weightPpm), 0n);
  const cap = all / 3n;
  const held = new Map<string, bigint>();
  for (const member of members) {
    for (const domain of domainsOf(member, alone)) {
      held.set(domain, (held.get(domain) ?? 0n) + BigInt(member.weightPpm));
    }
  }
  return new Map(
    members.map((member) => {
      const own = BigInt(member.weightPpm);
      const shares = domainsOf(member, alone).map((domain) => {
        const sum = held.get(domain) ?? 0n;
        return sum > cap ? (own * cap) / sum : own;
      });
      return [member.agentId, shares.reduce((least, share) => (share < least ? share : least), own)];
    }),
  );
}

/** Distinct domains; a domain stated twice holds its member once. */
function domainsOf({ agentId, domains = [] }: Member, alone: boolean): readonly string[] {
  return [...new Set(domains.map((name) => `domain ${name}`)), ...(alone ? [`member ${agentId}`] : [])];
}
