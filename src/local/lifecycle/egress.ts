// What a sandbox was told about traffic out of it: read from the API's words, kept, shown again, and handed to whatever
// controls the network of its cell. What that cannot do is refused, never ignored.
import { isIP } from "node:net";
import { isRecord } from "../../contracts/json.ts";
import { invariant } from "../../contracts/invariant.ts";
import type { IsolationLabel, Cell } from "../isolation/backend.ts";
import { parseNetworkRules, type NetworkRules } from "../isolation/network-rules.ts";

export interface EgressProxy {
  readonly address: string;
  readonly username: string | null;
  readonly password: string | null;
}

export interface Egress {
  /** Null: not said. */
  readonly allowInternetAccess: boolean | null;
  /** Addresses, CIDR ranges or domains. */
  readonly allowOut: readonly string[];
  /** Addresses or CIDR ranges. */
  readonly denyOut: readonly string[];
  readonly egressProxy: EgressProxy | null;
  /** By domain, as sent. */
  readonly rules: Readonly<Record<string, unknown>>;
}

/** What the isolation offers for traffic out of a cell. */
export interface EgressControl {
  /** The sentence of a 400, or null when `apply` can do it. */
  refuses(egress: Egress): string | null;
  /** On each start of a cell, and whenever the rules change. */
  apply(cell: Cell, egress: Egress): Promise<void>;
}

export const noEgress: Egress = {
  allowInternetAccess: null,
  allowOut: [],
  denyOut: [],
  egressProxy: null,
  rules: {},
};
const maxEntries = 512;
const everything = "0.0.0.0/0";
const domain = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;

/** `network` of create or the body of PUT network, or the sentence of a 400. */
export function parseEgress(network: unknown, internet: unknown): Egress | string {
  const asked = isRecord(network) ? network : {};
  const allowOut = texts(asked.allowOut);
  const denyOut = texts(asked.denyOut);
  if (allowOut === null || denyOut === null) return `allowOut and denyOut must be lists of at most ${maxEntries} texts`;
  const named = allowOut.filter((entry) => !isRange(entry));
  const wrong = [...denyOut.filter((entry) => !isRange(entry)), ...named.filter((entry) => !domain.test(entry))][0];
  if (wrong !== undefined)
    return `invalid entry '${wrong.slice(0, 253)}': an address, a CIDR range or, in allowOut, a domain`;
  if (named.length > 0 && !denyOut.includes(everything))
    return "When specifying allowed domains in allow out, you must include 'ALL_TRAFFIC' in deny out to block all other traffic.";
  const egressProxy = parseProxy(asked.egressProxy);
  if (typeof egressProxy === "string") return egressProxy;
  const { rules } = asked;
  if (rules !== undefined && rules !== null && !isRecord(rules)) return "rules must map domains to lists of rules";
  if (internet !== undefined && internet !== null && typeof internet !== "boolean")
    return "allow_internet_access must be true or false";
  return { allowInternetAccess: internet ?? null, allowOut, denyOut, egressProxy, rules: rules ?? {} };
}

/** For SandboxDetail; never the proxy's password. */
export function egressJson({ allowOut, denyOut, egressProxy, rules }: Egress): Record<string, unknown> {
  return {
    ...(allowOut.length === 0 ? {} : { allowOut }),
    ...(denyOut.length === 0 ? {} : { denyOut }),
    ...(Object.keys(rules).length === 0 ? {} : { rules }),
    ...(egressProxy === null ? {} : { egressProxy: proxyJson(egressProxy) }),
  };
}

/** Off unless asked. What the isolation cannot do is refused with what would make it possible. */
export function networkControl(label: IsolationLabel): EgressControl {
  // Cells that have, or had, a way out: for them cleared rules mean all of it again.
  const opened = new WeakSet<Cell["ended"]>();
  return {
    refuses(egress) {
      const rules = rulesOf(egress);
      if (typeof rules === "string") return rules;
      if (label.network === "host" && !isSilent(egress)) return sharedNetwork;
      // SDKs up to 2.45 always ask for the internet; detail and label say what the network really is.
      const isRefused = label.networkMissing !== null && rules !== null && Object.keys(egressJson(egress)).length > 0;
      return isRefused ? `Cannot give the sandbox a network on this machine; ${label.networkMissing}` : null;
    },
    async apply(cell, egress) {
      if (label.networkMissing !== null) return;
      const rules = rulesOf(
        isSilent(egress) && opened.has(cell.ended) ? { ...egress, allowInternetAccess: true } : egress,
      );
      invariant(typeof rules !== "string", "egress that is refused is not applied");
      if (rules !== null) opened.add(cell.ended);
      await cell.setNetwork(rules);
    },
  };
}

const sharedNetwork =
  "The local target does not support network rules or allow_internet_access: false (sandboxes share the host's network)";

function isSilent(egress: Egress): boolean {
  return egress.allowInternetAccess !== false && Object.keys(egressJson(egress)).length === 0;
}

/** Null: nothing may go out, which needs no network. A text: why these rules cannot be kept. */
function rulesOf(egress: Egress): NetworkRules | null | string {
  if (isSilent(egress) && egress.allowInternetAccess !== true) return null;
  const { allowInternetAccess, ...said } = egress;
  const rules = parseNetworkRules({ ...said, allow_internet_access: allowInternetAccess });
  if (typeof rules === "string") return rules;
  return rules.others === "deny" && rules.allowOut.length === 0 ? null : rules;
}

function proxyJson({ address, username }: EgressProxy): Record<string, unknown> {
  return { address, ...(username === null ? {} : { username }) };
}

function parseProxy(value: unknown): EgressProxy | null | string {
  if (value === undefined || value === null) return null;
  if (!isRecord(value) || typeof value.address !== "string" || !/^[^\s:]+:\d{1,5}$/.test(value.address))
    return "Invalid egress proxy config: address must be host:port";
  const { address, username, password } = value;
  return {
    address,
    username: typeof username === "string" ? username : null,
    password: typeof password === "string" ? password : null,
  };
}

/** Null when it is no acceptable list. */
function texts(value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maxEntries) return null;
  const entries = value.filter((item): item is string => typeof item === "string");
  return entries.length === value.length ? entries : null;
}

function isRange(entry: string): boolean {
  const [address = "", length, ...more] = entry.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
}
