// A headless Chromium of its own, driven over a pipe: pages of a size and a colour scheme, keys, pictures, and everything a page
// complained about or asked for. Nothing of it is left when it is closed.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

export const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Why browser tests are left out; null where they run. */
export const noBrowser = existsSync(chromium) ? null : `${chromium} is not installed`;

export interface Look {
  readonly width: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly stillness?: boolean;
}

export interface Page {
  look(look: Look): Promise<void>;
  /** Resolves once the page and what it names are loaded, with the status of the answer. */
  goto(url: string): Promise<number>;
  /** The value of an expression, promises awaited. Throws what it threw. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Resolves once the expression is true. */
  until(expression: string, withinMs?: number): Promise<void>;
  press(key: "Tab" | "Enter" | "ArrowRight"): Promise<void>;
  type(text: string): Promise<void>;
  /** PNG of the whole page. */
  picture(): Promise<Buffer>;
  withScripts(on: boolean): Promise<void>;
  close(): Promise<void>;
  /** Errors, warnings and exceptions since the last call. */
  complaints(): readonly string[];
  /** Addresses asked for since the page was made. */
  readonly requests: readonly string[];
}

export interface Browser {
  open(): Promise<Page>;
  close(): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

/** `names` are resolved to this machine, as a name server of somebody else would. */
export async function openBrowser(names: readonly string[] = []): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "e2b-swarm-chromium-"));
  const child = spawn(
    chromium,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-extensions",
      "--no-first-run",
      "--remote-debugging-pipe",
      `--user-data-dir=${profile}`,
      `--host-resolver-rules=${names.map((name) => `MAP ${name} 127.0.0.1`).join(",")}`,
    ],
    // Its crash reports and caches go where the profile goes.
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, HOME: profile } },
  );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const wire = openWire(child.stdio[3] as Writable, child.stdio[4] as Readable);
  return {
    async open() {
      const { targetId } = await wire.ask("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await wire.ask("Target.attachToTarget", { targetId, flatten: true });
      const page = await openPage(wire, String(sessionId));
      return { ...page, close: async () => void (await wire.ask("Target.closeTarget", { targetId })) };
    },
    async close() {
      await wire.ask("Browser.close").catch(() => undefined);
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Wire = ReturnType<typeof openWire>;

/** JSON messages, each ended by a zero byte. */
function openWire(to: Writable, from: Readable) {
  const waiting = new Map<number, (message: Message) => void>();
  const listeners = new Set<(message: Message) => void>();
  let [last, rest] = [0, Buffer.alloc(0)];
  to.on("error", () => undefined);
  from.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, end).toString("utf8")) as Message;
      rest = rest.subarray(end + 1);
      const { id } = message;
      if (id === undefined) for (const listener of listeners) listener(message);
      else waiting.get(id)?.(message);
    }
  });
  from.once("close", () => {
    for (const answer of waiting.values()) answer({ error: { message: "the browser has gone" } });
  });
  return {
    ask(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result ?? {});
          else reject(new Error(`${method}: ${error.message}`));
        });
        to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      });
    },
    listen(listener: (message: Message) => void): void {
      listeners.add(listener);
    },
  };
}

const keyCodes = { Tab: 9, Enter: 13, ArrowRight: 39 } as const;

async function openPage(wire: Wire, sessionId: string): Promise<Omit<Page, "close">> {
  const ask = (method: string, params?: Fields): Promise<Fields> => wire.ask(method, params, sessionId);
  const complaints: string[] = [];
  const requests: string[] = [];
  let [loaded, status]: [() => void, number] = [() => undefined, 0];
  wire.listen((message) => {
    if (message.sessionId !== sessionId) return;
    const params = message.params ?? {};
    const complaint = complaintOf(message.method ?? "", params);
    if (complaint !== null) complaints.push(complaint);
    if (message.method === "Network.requestWillBeSent") requests.push((params.request as { url: string }).url);
    if (message.method === "Network.responseReceived" && params.type === "Document")
      status = (params.response as { status: number }).status;
    if (message.method === "Page.loadEventFired") loaded();
  });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await ask(`${domain}.enable`);
  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const given = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await ask("Runtime.evaluate", given);
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: Value }).value;
  };
  return {
    evaluate,
    requests,
    async look({ width, height = 900, scheme = "light", stillness = false }) {
      const mobile = width < 600;
      await ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
      const features = [
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: stillness ? "reduce" : "no-preference" },
      ];
      await ask("Emulation.setEmulatedMedia", { features });
    },
    async goto(url) {
      const done = new Promise<void>((resolve) => (loaded = resolve));
      const { errorText } = await ask("Page.navigate", { url });
      if (errorText !== undefined) throw new Error(`${url}: ${JSON.stringify(errorText)}`);
      await done;
      return status;
    },
    async until(expression, withinMs = 15_000) {
      const within = Date.now() + withinMs;
      while (!(await evaluate<boolean>(`Boolean(${expression})`))) {
        if (Date.now() > within) throw new Error(`not within ${withinMs} ms: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async press(key) {
      const event = { key, code: key, windowsVirtualKeyCode: keyCodes[key] };
      const text = key === "Enter" ? { text: "\r" } : {};
      await ask("Input.dispatchKeyEvent", { type: key === "Enter" ? "keyDown" : "rawKeyDown", ...event, ...text });
      await ask("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    type: async (text) => void (await ask("Input.insertText", { text })),
    async picture() {
      const { data } = await ask("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
      return Buffer.from(String(data), "base64");
    },
    withScripts: async (on) => void (await ask("Emulation.setScriptExecutionDisabled", { value: !on })),
    complaints: () => complaints.splice(0),
  };
}

function complaintOf(method: string, params: Fields): string | null {
  switch (method) {
    case "Runtime.exceptionThrown":
      return JSON.stringify(params.exceptionDetails);
    case "Runtime.consoleAPICalled":
      return params.type === "error" || params.type === "warning" ? JSON.stringify(params.args) : null;
    case "Log.entryAdded": {
      const { level, text, url = "" } = params.entry as { level: string; text: string; url?: string };
      return level === "error" || level === "warning" ? `${text} ${url}`.trim() : null;
    }
    default:
      return null;
  }
}
