// Loaded into client programs with `node --import`: names below `localhost` resolve to loopback, as RFC 6761 says they
// must. glibc does not do it, so Node's fetch would not find `<port>-<id>.e2b.localhost`. Touches no other name.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";

const belowLocalhost = /\.localhost\.?$/i;
const loopback = "127.0.0.1";

function mapped(name: unknown): unknown {
  return typeof name === "string" && belowLocalhost.test(name) ? loopback : name;
}

function resolving(target: object): void {
  const original: unknown = Reflect.get(target, "lookup");
  if (typeof original !== "function") return;
  Reflect.set(target, "lookup", (name: unknown, ...rest: unknown[]): unknown =>
    Reflect.apply(original, target, [mapped(name), ...rest]),
  );
}

resolving(dns);
resolving(dns.promises);
syncBuiltinESMExports();
