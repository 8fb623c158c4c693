// Who is at the other end of a socket, read from the socket itself. Law: measurement §2, endpoint witness: local is the
// announced loopback port, cloud is a public address with a valid certificate for the domain, all else is not evidence.
import { isIP } from "node:net";
import { isRecord } from "../../src/contracts/json.ts";
import type { EndpointClass, WitnessRecord } from "../claims/events.ts";

export type WatchedTarget =
  | { readonly kind: "local"; readonly port: number }
  | { readonly kind: "cloud"; readonly domain: string };

export type Endpoint = WitnessRecord["endpoint"];
export const noEndpoint: Endpoint = { class: "none", port: 0, tlsFingerprint: null, tlsDomain: null };

/** Class of an IP address; `none` for anything else. */
export function addressClass(address: string): EndpointClass {
  const plain = address.replace(/^::ffff:/, "");
  if (isIP(plain) === 0) return "none";
  if (plain === "::1" || plain.startsWith("127.")) return "loopback";
  const privateV4 =
    /^(?:10\.|192\.168\.|169\.254\.|0\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|172\.(?:1[6-9]|2\d|3[01])\.)/;
  const privateV6 = /^(?:f[cd]|fe[89ab]|::$)/i;
  return privateV4.test(plain) || privateV6.test(plain) ? "private" : "public";
}

/** Reads the peer of a socket as undici publishes it. */
export function endpointOf(socket: unknown): Endpoint {
  if (typeof socket !== "object" || socket === null) return noEndpoint;
  const address = read(socket, "remoteAddress");
  const port = read(socket, "remotePort");
  const seen: Endpoint = {
    ...noEndpoint,
    class: typeof address === "string" ? addressClass(address) : "none",
    port: typeof port === "number" ? port : 0,
  };
  if (read(socket, "encrypted") !== true || read(socket, "authorized") !== true) return seen;
  const certificate = call(socket, "getPeerCertificate");
  if (!isRecord(certificate)) return seen;
  const fingerprint = certificate["fingerprint256"];
  const names = certificate["subjectaltname"];
  if (typeof fingerprint !== "string" || typeof names !== "string") return seen;
  const servername = read(socket, "servername");
  const domain = typeof servername === "string" && coveredBy(servername, names) ? servername : null;
  return { ...seen, tlsFingerprint: fingerprint.replaceAll(":", "").toLowerCase(), tlsDomain: domain };
}

/** Why this peer is not the target; null when it is. */
export function endpointProblem(seen: Endpoint, target: WatchedTarget): string | null {
  if (target.kind === "local") {
    if (seen.class !== "loopback") return "the peer is not on the loopback interface";
    return seen.port === target.port ? null : "the peer is not the port that the local server announced";
  }
  if (seen.class !== "public") return "the peer has no public address";
  if (seen.tlsFingerprint === null) return "the peer showed no valid certificate";
  const host = seen.tlsDomain ?? "";
  return host === target.domain || host.endsWith(`.${target.domain}`) ? null : "the certificate is for another domain";
}

function coveredBy(host: string, names: string): boolean {
  const parent = host.slice(host.indexOf("."));
  const listed = names.split(",").map((name) => name.trim().replace(/^DNS:/, ""));
  return listed.includes(host) || listed.includes(`*${parent}`);
}

function read(holder: object, name: string): unknown {
  return Reflect.get(holder, name);
}

function call(holder: object, name: string): unknown {
  const method: unknown = Reflect.get(holder, name);
  return typeof method === "function" ? Reflect.apply(method, holder, []) : null;
}
