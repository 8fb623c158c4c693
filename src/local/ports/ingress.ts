// What a sandbox's creator said about traffic to its ports: who may come in, under which Host, over TLS or not.
import { isRecord } from "../../contracts/json.ts";
import type { Random } from "../../host/random.ts";
import { isPort } from "../hosts.ts";
import { envdPort } from "../limits.ts";

export interface Ingress {
  /** Null: the ports are public. Else every request to a port other than envd's must carry it. */
  readonly trafficToken: string | null;
  /** Replaces Host; `${PORT}` stands for the port. */
  readonly maskRequestHost: string | null;
  /** Ports that speak TLS inside. Their certificates are not verified: they are made inside. */
  readonly httpsPorts: readonly number[];
}

export const openIngress: Ingress = { trafficToken: null, maskRequestHost: null, httpsPorts: [] };
export const trafficHeader = "e2b-traffic-access-token";

/** Members of create's `network` that this room serves; the others are rules for traffic out of the sandbox. */
export const ingressKeys = ["allowPublicTraffic", "maskRequestHost", "httpsPorts"] as const;

const maxHttpsPorts = 64;
const maxHostLength = 255;
/** What may stand in a Host header, with the placeholder. */
const maskable = /^(?:[A-Za-z0-9.:[\]_-]|\$\{PORT\})+$/;

/** The ingress of a `network` object, or the sentence of a 400. */
export function parseIngress(network: unknown, random: Random): Ingress | string {
  if (!isRecord(network)) return openIngress;
  const { allowPublicTraffic: isPublic, maskRequestHost: mask, httpsPorts: ports } = network;
  if (isPublic !== undefined && isPublic !== null && typeof isPublic !== "boolean")
    return "network.allowPublicTraffic must be a boolean";
  if (mask !== undefined && mask !== null && !isMask(mask))
    return "network.maskRequestHost must be a host name, with an optional port or ${PORT}";
  if (ports !== undefined && ports !== null && !isPorts(ports))
    return `network.httpsPorts must be ports other than ${envdPort}`;
  return {
    trafficToken: isPublic === false ? random.bytes(32).toString("hex") : null,
    maskRequestHost: isMask(mask) ? mask : null,
    httpsPorts: isPorts(ports) ? ports : [],
  };
}

function isMask(value: unknown): value is string {
  return typeof value === "string" && value.length <= maxHostLength && maskable.test(value);
}

function isPorts(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length > maxHttpsPorts) return false;
  return value.every((port: unknown) => typeof port === "number" && isPort(port) && port !== envdPort);
}

/** The Host that the service inside sees. */
export function hostInside(ingress: Ingress, host: string, port: number): string {
  return ingress.maskRequestHost === null ? host : ingress.maskRequestHost.replaceAll("${PORT}", String(port));
}
