// The paper broker on loopback: Alpaca's paths and shapes over a market of its own, with faults that are planned one by one.
// It answers only those who bring its key.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { invariant } from "../../contracts/invariant.ts";
import { isRecord } from "../../contracts/json.ts";
import { decimalFromMicro } from "../decimals.ts";
import { activityJson, openPaperMarket, orderJson, type PaperMarket, type PaperOptions } from "./paper-market.ts";

export type PaperRoute = "create" | "find" | "read" | "cancel";

export interface PaperFault {
  readonly on: PaperRoute;
  /** `hang` never answers; `garbled` answers 200 with what is no JSON. */
  readonly shows: "hang" | "disconnect" | "garbled" | { readonly status: number; readonly message: string };
  /** Whether the request takes effect nevertheless. */
  readonly effect: boolean;
}

export interface PaperServer {
  readonly url: string;
  readonly market: PaperMarket;
  /** POSTs that arrived, by client order id. */
  readonly posts: ReadonlyMap<string, number>;
  /** The next request of this kind meets it, then it is gone. */
  plan(fault: PaperFault): void;
  close(): Promise<void>;
}

export interface PaperServerOptions extends PaperOptions {
  readonly keyId: string;
  readonly secret: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

const maxBodyBytes = 65_536;

export async function servePaper(options: PaperServerOptions): Promise<PaperServer> {
  const market = openPaperMarket(options);
  const posts = new Map<string, number>();
  const faults: PaperFault[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://paper");
    const route = routeOf(request.method ?? "", url.pathname);
    if (
      request.headers["apca-api-key-id"] !== options.keyId ||
      request.headers["apca-api-secret-key"] !== options.secret
    )
      return say(response, 401, { code: 40_110_000, message: "request is not authorized" });
    if (route === null) return say(response, 404, { code: 40_410_000, message: "endpoint not found" });
    const body = await readBody(request);
    if (body === null) return say(response, 400, { code: 40_010_000, message: "request body format is invalid" });
    if (route === "create") count(posts, String(body.client_order_id));
    const at = faults.findIndex(({ on }) => on === route);
    const [fault] = at === -1 ? [] : faults.splice(at, 1);
    const [status, answer] = fault?.effect === false ? [503, {}] : act(market, route, url, body);
    if (fault === undefined) return say(response, status, answer);
    show(fault, response);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  invariant(typeof address === "object" && address !== null, "a listening server has a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    market,
    posts,
    plan: (fault) => void faults.push(fault),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function routeOf(method: string, path: string): PaperRoute | null {
  if (method === "POST" && path === "/v2/orders") return "create";
  if (method === "DELETE" && path === "/v2/orders") return "cancel";
  if (method !== "GET") return null;
  if (path === "/v2/orders:by_client_order_id") return "find";
  return ["/v2/orders", "/v2/account", "/v2/positions", "/v2/account/activities/FILL"].includes(path) ? "read" : null;
}

function act(
  market: PaperMarket,
  route: PaperRoute,
  url: URL,
  body: Readonly<Record<string, unknown>>,
): readonly [number, object] {
  switch (route) {
    case "create": {
      const made = market.create(body);
      return "code" in made ? [made.status, { code: made.code, message: made.message }] : [200, orderJson(made)];
    }
    case "find": {
      const id = url.searchParams.get("client_order_id") ?? "";
      const order = market.find(id);
      return order === null
        ? [404, { code: 40_410_000, message: `order not found for ${id}` }]
        : [200, orderJson(order)];
    }
    case "cancel":
      return [207, market.cancelAll().map((order) => ({ id: order.id, status: 200 }))];
    case "read":
      return [200, read(market, url)];
  }
}

function read(market: PaperMarket, { pathname, searchParams }: URL): object {
  switch (pathname) {
    case "/v2/account":
      return { id: "paper", status: "ACTIVE", currency: "USD", cash: decimalFromMicro(market.cash()) };
    case "/v2/positions":
      return [...market.positions()]
        .filter(([, quantity]) => quantity !== 0)
        .map(([symbol, quantity]) => ({ symbol, qty: String(quantity), side: quantity > 0 ? "long" : "short" }));
    case "/v2/orders":
      return market.orders.map(orderJson);
    default: {
      const after = searchParams.get("page_token");
      const from = after === null ? 0 : market.executions.findIndex(({ id }) => id === after) + 1;
      const size = Math.min(100, Number(searchParams.get("page_size") ?? 100));
      return market.executions.slice(from, from + size).map(activityJson);
    }
  }
}

function show({ shows }: PaperFault, response: ServerResponse): void {
  if (shows === "hang") return;
  if (shows === "disconnect") return void response.destroy();
  if (shows === "garbled") return void response.writeHead(200, { "content-type": "application/json" }).end('{"id":');
  say(response, shows.status, { message: shows.message });
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function count(posts: Map<string, number>, id: string): void {
  posts.set(id, (posts.get(id) ?? 0) + 1);
}

/** An empty body is an empty object; null for one that is too long or no object. */
async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | null> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > maxBodyBytes) return null;
  }
  try {
    const body: unknown = text === "" ? {} : JSON.parse(text);
    return isRecord(body) ? body : null;
  } catch {
    return null;
  }
}
