// What a sandbox may reach outside itself, as data: parsed from the API's words, turned into nftables' words. Loopback,
// link-local and metadata addresses of the host are out of reach whatever the rules say; allow beats deny.
import { isIPv4, isIPv6 } from "node:net";
import { isRecord } from "../../contracts/json.ts";

export interface NetworkRules {
  /** What happens to traffic that no list names. */
  readonly others: "allow" | "deny";
  /** IPv4 addresses and CIDR ranges. */
  readonly allowOut: readonly string[];
  readonly denyOut: readonly string[];
}

export const tapName = "tap0";
/** slirp4netns: the gateway that stands for the host, and its resolver. */
const gateway = "10.0.2.2";
export const resolver = "10.0.2.3";
const never = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", `${gateway}/32`, "100.100.100.200/32"];
const maxEntries = 512;
const everything = "0.0.0.0/0";

/** Egress fields of create's `network` and of PUT network, or the sentence of a 400. */
export function parseNetworkRules(body: Readonly<Record<string, unknown>>): NetworkRules | string {
  for (const name of ["egressProxy", "rules"]) {
    const value = body[name];
    const isEmpty = value === undefined || value === null || (isRecord(value) && Object.keys(value).length === 0);
    if (!isEmpty) return `The local target does not support network.${name}`;
  }
  const allowOut = parseList(body.allowOut, "allowOut");
  const denyOut = parseList(body.denyOut, "denyOut");
  if (typeof allowOut === "string") return allowOut;
  if (typeof denyOut === "string") return denyOut;
  const internet = body.allow_internet_access ?? body.allowInternetAccess;
  const others = internet === false || denyOut.includes(everything) ? "deny" : "allow";
  return { others, allowOut, denyOut: denyOut.filter((entry) => entry !== everything) };
}

function parseList(value: unknown, name: string): readonly string[] | string {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return `network.${name} must be a list`;
  if (value.length > maxEntries) return `network.${name} holds ${value.length} entries but at most ${maxEntries}`;
  const entries: string[] = [];
  for (const entry of value) {
    if (typeof entry !== "string") return `network.${name} must be a list of texts`;
    const [address = "", length] = entry.split("/");
    const bits = length === undefined ? null : Number(length);
    const isRange = bits === null || (/^\d{1,3}$/.test(length ?? "") && bits <= (isIPv6(address) ? 128 : 32));
    if (isIPv6(address) && isRange) {
      // There is no IPv6 out of a sandbox: denying it is done, allowing it is not.
      if (name === "denyOut") continue;
      return `The local target does not support IPv6 addresses in network.${name} ('${entry}')`;
    }
    if (isIPv4(address) && isRange) entries.push(entry);
    else if (name === "denyOut") return `network.denyOut takes IP addresses and CIDR ranges, not '${entry}'`;
    else return `The local target does not support domains in network.${name} ('${entry}'): name IP addresses`;
  }
  return entries;
}

/** One nftables script that replaces the sandbox's whole table at once. */
export function nftScript(rules: NetworkRules): string {
  const set = (entries: readonly string[]): string => `{ ${merge(entries).join(", ")} }`;
  const line = (entries: readonly string[], verdict: string): string[] =>
    entries.length === 0 ? [] : [`    ip daddr ${set(entries)} ${verdict}`];
  return [
    "table inet e2b { }",
    "delete table inet e2b",
    "table inet e2b {",
    "  chain output {",
    `    type filter hook output priority 0; policy ${rules.others === "allow" ? "accept" : "drop"};`,
    '    oifname "lo" accept',
    "    meta nfproto ipv6 drop",
    ...line(never, "drop"),
    // Names resolve unless nothing but listed addresses may be reached: a resolver carries data out, too.
    `    ip daddr ${resolver} ${rules.others === "allow" ? "meta l4proto { tcp, udp } th dport 53 accept" : "drop"}`,
    ...line(rules.allowOut, "accept"),
    ...line(rules.denyOut, "reject"),
    "  }",
    "}",
    "",
  ].join("\n");
}

/** nftables refuses a set with overlapping ranges: what another entry contains is left out. */
function merge(entries: readonly string[]): readonly string[] {
  const ranges = entries.map((entry) => ({ entry, ...bounds(entry) }));
  return ranges
    .filter(
      (one, at) =>
        !ranges.some(
          (other, place) =>
            place !== at &&
            other.first <= one.first &&
            one.last <= other.last &&
            (other.first < one.first || one.last < other.last || place < at),
        ),
    )
    .map(({ first, last }) => (first === last ? text(first) : `${text(first)}-${text(last)}`));
}

function bounds(entry: string): { readonly first: number; readonly last: number } {
  const [address = "", length = "32"] = entry.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

function text(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
