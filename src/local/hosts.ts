// Which Host a request may name, and what the name says. Names end in `.localhost`, which resolves to loopback only
// (RFC 6761): a page that rebinds its own name to this machine is refused by its Host.

/** Stands where `e2b.app` stands in the cloud. Two labels, because no TLS client accepts a certificate for `*.localhost`. */
export const localDomain = "e2b.localhost";

export type NamedHost =
  /** Loopback and `sandbox.<domain>`: headers may name a sandbox. */
  | { readonly kind: "shared" }
  /** `api.<domain>`: the control plane, whatever the headers say. */
  | { readonly kind: "api" }
  /** `<port>-<id>.<domain>`: one port of one sandbox, whatever the headers say. */
  | { readonly kind: "sandbox"; readonly port: number; readonly id: string };

const sharedNames = new Set(["localhost", "127.0.0.1", "[::1]", localDomain, `sandbox.${localDomain}`]);
const sandboxName = /^(\d{1,5})-([a-z0-9]+)(?:-[a-z0-9]+)?\.(?:e2b\.)?localhost$/;
const withPort = /^(.*?)(?::(\d{1,5}))?$/;
const impliedPorts = new Set([80, 443]);
const maxPort = 65_535;

/** Null: this server does not answer to that name. `ownPort` is where it listens. */
export function readHost(host: string, ownPort: number): NamedHost | null {
  const [, name = "", port] = withPort.exec(host.toLowerCase()) ?? [];
  if (port === undefined ? !impliedPorts.has(ownPort) : Number(port) !== ownPort) return null;
  if (sharedNames.has(name)) return { kind: "shared" };
  if (name === `api.${localDomain}`) return { kind: "api" };
  const [, inside, id] = sandboxName.exec(name) ?? [];
  if (inside === undefined || id === undefined || !isPort(Number(inside))) return null;
  return { kind: "sandbox", port: Number(inside), id };
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= maxPort;
}
