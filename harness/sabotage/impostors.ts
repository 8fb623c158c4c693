// What may stand in for the real thing: a transport, a clock, an agent, a server. Pure data; unmask.ts runs a validation under
// each. Law: under none of them may a run print the words that only evidence earns.
import { edit, type Edit } from "./defect.ts";

export interface Impostor {
  readonly id: string;
  readonly sentence: string;
  /** Loaded before everything else, in every process of the run; null for none. */
  readonly preload: string | null;
  readonly env?: Readonly<Record<string, string>>;
  /** In the package: a stub that was installed in place of the real program. */
  readonly edits?: readonly Edit[];
  /** A server that answers canned JSON announces itself in place of the local one. */
  readonly server?: boolean;
  readonly checks: readonly string[];
}

const some = ["backend.create", "mcp.tools"] as const;

/** Looks like a sandbox whatever is asked for. */
const cannedFetch = `globalThis.fetch = async () => new Response(JSON.stringify({ sandboxID: "imocked0000000000001", templateID: "base" }), { status: 200 });`;
/** The source text of the real one, to deceive who reads it. */
const disguisedFetch = `const real = String(globalThis.fetch); ${cannedFetch} globalThis.fetch.toString = () => real; const text = Function.prototype.toString; Function.prototype.toString = function () { return this === globalThis.fetch ? real : text.call(this); };`;

const cannedHttp = `import http from "node:http"; import https from "node:https"; import { PassThrough } from "node:stream";
const answer = (...args) => { const done = args.find((one) => typeof one === "function"); const request = new PassThrough(); queueMicrotask(() => { const response = new PassThrough(); response.statusCode = 200; response.headers = {}; response.end("{}"); done?.(response); request.emit("response", response); }); return request; };
http.request = answer; http.get = answer; https.request = answer; https.get = answer;`;

const mockedDispatcher = `class MockAgent { dispatch(_options, handler) { handler.onHeaders?.(200, [], () => {}); handler.onData?.(Buffer.from("{}")); handler.onComplete?.([]); return true; } close() {} destroy() {} }
for (const version of [1, 2]) globalThis[Symbol.for("undici.globalDispatcher." + version)] = new MockAgent();`;

export const impostors: readonly Impostor[] = [
  { id: "mocked-fetch", sentence: "The global fetch answers without a connection", preload: cannedFetch, checks: some },
  {
    id: "disguised-fetch",
    sentence: "A mocked fetch gives itself out for the real one",
    preload: disguisedFetch,
    checks: some,
  },
  { id: "mocked-http", sentence: "Requests of node:http are intercepted", preload: cannedHttp, checks: some },
  {
    id: "mocked-dispatcher",
    sentence: "The global dispatcher is a mock agent",
    preload: mockedDispatcher,
    checks: some,
  },
  {
    id: "debug-sdk",
    sentence: "The SDK answers without any call",
    preload: null,
    env: { E2B_DEBUG: "true" },
    checks: some,
  },
  {
    id: "stub-agent",
    sentence: "A stub is installed in place of the agent program",
    preload: null,
    edits: [
      edit(
        "programs/agent.mjs",
        "const { vote, conviction, strategy, figures } = opinion;",
        'const { strategy, figures } = opinion; const vote = "buy", conviction = 1;',
      ),
    ],
    checks: ["trading.momentum", "mcp.tools"],
  },
  {
    id: "canned-server",
    sentence: "A server that answers canned JSON announces itself as the local one",
    preload: null,
    server: true,
    checks: some,
  },
  {
    id: "clock-stands-still",
    sentence: "The monotonic clock stands",
    preload: "const at = process.hrtime.bigint(); process.hrtime.bigint = () => at;",
    checks: ["mcp.tools"],
  },
  {
    id: "clock-runs-slow",
    sentence: "The monotonic clock runs at a tenth of its speed",
    preload:
      "const real = process.hrtime.bigint; const at = real(); process.hrtime.bigint = () => at + (real() - at) / 10n;",
    checks: some,
  },
  {
    id: "performance-clock-runs-slow",
    sentence: "performance.now runs at a tenth of its speed",
    preload: "const real = performance.now.bind(performance); performance.now = () => real() / 10;",
    checks: some,
  },
  {
    id: "calendar-stands-still",
    sentence: "The wall clock stands",
    preload: "const at = Date.now(); Date.now = () => at;",
    checks: some,
  },
  {
    id: "calendar-of-another-year",
    sentence: "The wall clock shows another year",
    preload:
      "const Real = Date; const shift = 31_536_000_000; globalThis.Date = class extends Real { constructor(...args) { if (args.length === 0) super(Real.now() - shift); else super(...args); } static now() { return Real.now() - shift; } };",
    checks: some,
  },
];
