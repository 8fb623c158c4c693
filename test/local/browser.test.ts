// A real page in a real browser on this machine: whatever it tries against the server comes to nothing, while the same
// calls made by a program succeed.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBwrap, startLocal, type Local } from "./harness.ts";

const chromium = "/usr/bin/chromium";
const missing = noBwrap ?? (existsSync(chromium) ? null : "chromium is not installed");
const run = promisify(execFile);
const profile = mkdtempSync("/tmp/e2bt-");
let local: Local;
let site: Server;
let origin = "";

/** Tries everything a page can, then tells its own server what happened. */
const page = (target: string, id: string, port: number): string => `<!doctype html><body><script>
const key = "KEY";
const fetched = async (name, url, options) => {
  try {
    const answer = await fetch(url, options);
    return [name, answer.type === "opaque" ? "opaque" : answer.status + " " + (await answer.text())];
  } catch (error) {
    return [name, "blocked"];
  }
};
const socket = (name, url) => new Promise((resolve) => {
  const opened = new WebSocket(url);
  opened.onopen = () => resolve([name, "open"]);
  opened.onerror = () => resolve([name, "blocked"]);
});
const form = (name, url) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.name = name;
  document.body.append(frame);
  const sent = document.createElement("form");
  Object.assign(sent, { method: "POST", action: url, target: name, enctype: "multipart/form-data" });
  const file = document.createElement("input");
  Object.assign(file, { name: "file", value: "stolen" });
  sent.append(file);
  document.body.append(sent);
  frame.onload = () => resolve([name, "sent"]);
  setTimeout(() => resolve([name, "sent"]), 3000);
  sent.submit();
});
const target = ${JSON.stringify(target)};
const envd = "http://49983-${id}.localhost:${port}";
Promise.all([
  fetched("list with key", target + "/v2/sandboxes", { headers: { "x-api-key": key } }),
  fetched("create without preflight", target + "/v2/sandboxes", { method: "POST", mode: "no-cors", body: "{}" }),
  fetched("kill", target + "/sandboxes/${id}", { method: "DELETE" }),
  fetched("run through headers", target + "/process.Process/Start", { method: "POST", headers: { "e2b-sandbox-id": "${id}" } }),
  fetched("write to an open sandbox", envd + "/files?path=/tmp/fetched&username=user", { method: "POST", mode: "no-cors", body: new FormData() }),
  fetched("read from an open sandbox", envd + "/files?path=/etc/passwd&username=user"),
  form("form to an open sandbox", envd + "/files?path=/tmp/form&username=user"),
  socket("websocket", target.replace("http", "ws") + "/v2/sandboxes"),
  socket("websocket to envd", envd.replace("http", "ws") + "/"),
]).then((all) => fetch("/report", { method: "POST", body: JSON.stringify(Object.fromEntries(all)) }));
</script></body>`;

let report: (text: string) => void = () => undefined;
let shown = "";

beforeAll(async () => {
  if (missing !== null) return;
  local = await startLocal();
  site = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      if (request.url === "/report") report(body);
      response.writeHead(200, { "content-type": "text/html" }).end(request.url === "/report" ? "" : shown);
    });
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", () => resolve()));
  const address = site.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});

afterAll(async () => {
  site?.closeAllConnections();
  site?.close();
  await local?.server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Opens the page headless and resolves with what it reported. */
async function visit(url: string): Promise<Record<string, string>> {
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`];
  const browser = spawn(chromium, [...flags, url], { stdio: "ignore", detached: true });
  const ended = new Promise<void>((resolve) => browser.once("exit", () => resolve()));
  try {
    const text = await new Promise<string>((resolve, reject) => {
      report = resolve;
      void ended.then(() => reject(new Error("the browser ended before its page reported")));
    });
    return JSON.parse(text) as Record<string, string>;
  } finally {
    // The whole group: the browser starts many processes of its own.
    if (browser.pid !== undefined) process.kill(-browser.pid, "SIGKILL");
    await ended;
  }
}

describe.skipIf(missing !== null)(`a page in a browser (skipped when: ${missing ?? "never"})`, () => {
  it("can neither read nor change anything, though it knows addresses, ids and even the key", async () => {
    const { port, url, apiKey } = local.server;
    const headers = { "x-api-key": apiKey, "content-type": "application/json" };
    const body = JSON.stringify({ templateID: "base", timeout: 600 });
    const created = await fetch(`${url}/sandboxes`, { method: "POST", headers, body });
    const { sandboxID: id } = (await created.json()) as { sandboxID: string };
    shown = page(url, id, port).replace("KEY", apiKey);
    const seen = await visit(`${origin}/`);
    expect(seen).toEqual({
      "list with key": "blocked",
      "create without preflight": "opaque",
      kill: "blocked",
      "run through headers": "blocked",
      "write to an open sandbox": "opaque",
      "read from an open sandbox": "blocked",
      "form to an open sandbox": "sent",
      websocket: "blocked",
      "websocket to envd": "blocked",
    });
    const listed = await fetch(`${url}/v2/sandboxes`, { headers });
    expect(((await listed.json()) as { sandboxID: string }[]).map(({ sandboxID }) => sandboxID)).toEqual([id]);
    const inside = { "e2b-sandbox-id": id, "e2b-sandbox-port": "49983" };
    for (const path of ["/tmp/form", "/tmp/fetched"]) {
      const read = await fetch(`${url}/files?path=${path}&username=user`, { headers: inside });
      expect([path, read.status]).toEqual([path, 404]);
    }
    // The same upload made by a program: the sandbox is open, so what stopped the page was that it is a page.
    const form = new FormData();
    form.append("file", new Blob(["mine"]), "x");
    const upload = { method: "POST", headers: inside, body: form };
    expect((await fetch(`${url}/files?path=/tmp/form&username=user`, upload)).status).toBe(200);
    await fetch(`${url}/sandboxes/${id}`, { method: "DELETE", headers });
  });

  it("finds no listener but loopback's", async () => {
    const { stdout } = await run("/bin/sh", ["-c", "cat /proc/net/tcp /proc/net/tcp6"]);
    const hexPort = local.server.port.toString(16).toUpperCase().padStart(4, "0");
    const listening = stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, address, , state]) => address?.endsWith(`:${hexPort}`) === true && state === "0A");
    expect(listening.map(([, address]) => address)).toEqual([`0100007F:${hexPort}`]);
  });
});
