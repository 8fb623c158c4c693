// What is served under which address, who may ask it, and by which method. Nothing else is answered.
import type { Scope } from "./access.ts";

export type RouteName =
  | "dashboard"
  | "login"
  | "enter"
  | "logout"
  | "style"
  | "script"
  | "healthz"
  | "readyz"
  | "metrics"
  | "swarms"
  | "swarm"
  | "board"
  | "events"
  | "operation";

export interface Route {
  readonly name: RouteName;
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** Null: open to everybody on one of our names. */
  readonly needs: Scope | null;
}

const swarm = "(swarm_[0-9a-z]{16})";

export const routes: readonly Route[] = [
  { name: "dashboard", method: "GET", path: /^\/$/, needs: "read" },
  { name: "login", method: "GET", path: /^\/login$/, needs: null },
  { name: "enter", method: "POST", path: /^\/login$/, needs: null },
  { name: "logout", method: "POST", path: /^\/logout$/, needs: null },
  { name: "style", method: "GET", path: /^\/app\.css$/, needs: null },
  { name: "script", method: "GET", path: /^\/app\.js$/, needs: null },
  { name: "healthz", method: "GET", path: /^\/healthz$/, needs: null },
  { name: "readyz", method: "GET", path: /^\/readyz$/, needs: null },
  { name: "metrics", method: "GET", path: /^\/metrics$/, needs: "read" },
  { name: "swarms", method: "GET", path: /^\/api\/swarms$/, needs: "read" },
  { name: "swarm", method: "GET", path: new RegExp(`^/api/swarms/${swarm}$`), needs: "read" },
  { name: "board", method: "GET", path: new RegExp(`^/api/swarms/${swarm}/board$`), needs: "read" },
  { name: "events", method: "GET", path: /^\/api\/events$/, needs: "read" },
  // Which scope it needs is a matter of the operation: it is asked again once that is known.
  { name: "operation", method: "POST", path: /^\/api\/operations\/([A-Za-z0-9_]{1,60})$/, needs: "read" },
];

export interface Found {
  readonly route: Route;
  /** What the address names: a swarm or an operation. */
  readonly subject: string;
}

/** `method` when the address is served to another method. */
export function findRoute(method: string, path: string): Found | "method" | null {
  const there = routes.filter((route) => route.path.test(path));
  const route = there.find((one) => one.method === method);
  if (route === undefined) return there.length > 0 ? "method" : null;
  return { route, subject: route.path.exec(path)?.[1] ?? "" };
}
