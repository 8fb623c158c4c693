// Who votes and what it takes, worked out from a motion alone, each by a definition of its own: largest and smallest numbers
// with a property instead of the formulas that made them. Law: coordination §6.
import { canonicalText } from "./canonical-text.ts";
import { digestHex } from "./digests.ts";
import { fieldsOf, list, textOf, wholeOf, type Fields } from "./facts.ts";

const committee = 31;

export interface Voter {
  readonly agentId: string;
  readonly key: string;
  readonly weight: bigint;
  /** After the caps of its domains. */
  readonly capped: bigint;
  readonly calibration: bigint;
  /** Its place among the members of the motion. */
  readonly place: number;
}

export interface Electorate {
  readonly voters: readonly Voter[];
  readonly faults: number;
  readonly heads: number;
  readonly weight: bigint;
}

/** Why the members of a motion are no electorate; null when they are. */
export function faultOfMembers(members: readonly Fields[]): string | null {
  const ids = members.map((member) => textOf(member["agentId"]));
  if (ids.some((id, at) => id === "" || (at > 0 && !((ids[at - 1] ?? "") < id))))
    return "are not distinct and in order";
  if (new Set(members.map((member) => member["publicKey"])).size < members.length) return "share a key";
  const odd = members.some((member) => {
    const weight = wholeOf(member["weightPpm"]);
    const part = member["calibrationPpm"] === undefined ? 0 : wholeOf(member["calibrationPpm"]);
    return weight === null || weight > 1_000_000_000 || part === null || part > 1_000_000;
  });
  return odd ? "have a weight or calibration out of range" : null;
}

export function electorateOf(motion: Fields): Electorate {
  const members = list(motion["members"]).map(fieldsOf);
  const able = members.flatMap((member, place) => ((wholeOf(member["weightPpm"]) ?? 0) > 0 ? [{ member, place }] : []));
  const elected = able.filter(({ member }) => able.length <= committee || isDrawn(motion, member, able));
  const total = elected.reduce((sum, { member }) => sum + weightOf(member), 0n);
  const voters = elected.map(({ member, place }) => ({
    agentId: textOf(member["agentId"]),
    key: textOf(member["publicKey"]),
    weight: weightOf(member),
    capped: cappedOf(member, elected, total),
    calibration: BigInt(wholeOf(member["calibrationPpm"] ?? 1_000_000) ?? 0),
    place,
  }));
  let faults = 0;
  while (3 * (faults + 1) + 1 <= voters.length) faults += 1;
  let heads = 1;
  while (2 * heads <= voters.length + faults) heads += 1;
  // The most that may lie is less than a third, and twice a quorum is more than everyone and the liars.
  const lying = total === 0n ? 0n : (total - 1n) / 3n;
  const weight = (total + lying + 2n - ((total + lying) % 2n)) / 2n;
  return { voters, faults, heads, weight };
}

/** Drawn are those whom fewer than 31 others beat to a smaller lot. */
function isDrawn(motion: Fields, member: Fields, able: readonly { readonly member: Fields }[]): boolean {
  const own = lotOf(motion, member);
  return able.filter((other) => lotOf(motion, other.member) < own).length < committee;
}

function lotOf({ swarm, epoch, round }: Fields, { publicKey }: Fields): string {
  return digestHex(Buffer.from(canonicalText({ epoch, publicKey, round, swarm })));
}

/** A domain over a third of the weight is scaled down to it; everyone is a domain, and of several the smallest share counts. */
function cappedOf(member: Fields, elected: readonly { readonly member: Fields }[], total: bigint): bigint {
  const third = total / 3n;
  const own = weightOf(member);
  let least = own > third ? third : own;
  for (const domain of new Set(list(member["domains"]))) {
    let held = 0n;
    for (const other of elected) if (list(other.member["domains"]).includes(domain)) held += weightOf(other.member);
    const share = held > third ? (own * third) / held : own;
    if (share < least) least = share;
  }
  return least;
}

function weightOf(member: Fields): bigint {
  return BigInt(wholeOf(member["weightPpm"]) ?? 0);
}

/** (Σw)²/Σᵢⱼ wᵢwⱼρᵢⱼ of the voters in millionths; null without correlations, "odd" when they are none. */
export function effectiveVoters(motion: Fields, voters: readonly Voter[]): number | "odd" | null {
  if (motion["rhoPpm"] === null) return null;
  const rows = list(motion["rhoPpm"]).map(list);
  const size = list(motion["members"]).length;
  if (rows.length !== size || rows.some((row) => row.length !== size)) return "odd";
  let sum = 0n;
  let spread = 0n;
  for (const one of voters) {
    sum += one.weight;
    for (const other of voters) {
      const rho = wholeOf(rows[one.place]?.[other.place]);
      const whole = one === other ? rho === 1_000_000 : rho === rows[other.place]?.[one.place];
      if (rho === null || rho > 1_000_000 || !whole) return "odd";
      spread += one.weight * other.weight * BigInt(rho);
    }
  }
  return spread === 0n ? 0 : Number((sum * sum * 1_000_000_000_000n) / spread);
}
