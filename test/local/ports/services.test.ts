// Services inside sandboxes, reached from the host: by name, by header, through a protocol switch, and every refusal.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "e2b/dist/index.mjs";
import { makeCertificates } from "../../../src/local/tls/make-certificates.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { noBwrap, only, outputOf, startLocal, type Local } from "../harness.ts";

const runParent = mkdtempSync("/tmp/e2bt-");
chmodSync(runParent, 0o711);
let local: Local;
beforeAll(async () => {
  if (noBwrap === null) local = await startLocal({ runParent });
});
afterAll(async () => {
  await local?.server.close();
  rmSync(runParent, { recursive: true, force: true });
});

/** Says what it was asked, echoes after a switch, streams two chunks with a trailer on /slow. */
const service = `
const http = require("http"), https = require("https"), fs = require("fs");
const [port, host, wait, secure] = process.argv.slice(2);
const answer = (req, res) => {
  let bytes = 0;
  if (req.url === "/slow") {
    res.writeHead(200, { trailer: "x-end" });
    res.write("first");
    return setTimeout(() => { res.addTrailers({ "x-end": "yes" }); res.end("second"); }, 300);
  }
  req.on("data", (chunk) => (bytes += chunk.length));
  req.on("end", () => res.end(JSON.stringify({ method: req.method, url: req.url, bytes, headers: req.headers })));
};
const server = secure ? https.createServer({ key: fs.readFileSync("/tmp/key"), cert: fs.readFileSync("/tmp/cert") }, answer) : http.createServer(answer);
server.on("upgrade", (req, socket, head) => {
  if (req.url === "/no") return socket.end("HTTP/1.1 403 Forbidden\\r\\ncontent-length: 2\\r\\n\\r\\nno");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nconnection: Upgrade\\r\\nupgrade: echo\\r\\n\\r\\n");
  if (head.length) socket.write(head);
  socket.pipe(socket);
});
setTimeout(() => server.listen(+port, host, () => console.log("listening")), +wait);
`;

interface Asked {
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly type: string | undefined;
  readonly trailers: NodeJS.Dict<string>;
}

async function ask({ host, path = "/", method = "GET", headers = {}, body }: Asked): Promise<Answered> {
  const { port } = local.server;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: "127.0.0.1", port, path, method, headers: { host: `${host}:${port}`, ...headers } },
      (response: IncomingMessage) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        response.on("end", () => {
          const { "content-type": type } = response.headers;
          resolve({ status: response.statusCode ?? 0, text, type, trailers: response.trailers });
        });
        response.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

interface Service {
  readonly port: number;
  readonly host?: string;
  readonly waitMs?: number;
  readonly secure?: boolean;
}

async function serve(
  sandbox: Sandbox,
  { port, host = "127.0.0.1", waitMs = 0, secure = false }: Service,
): Promise<void> {
  await sandbox.files.write("/tmp/service.cjs", service);
  const command = `/opt/e2b/bin/node /tmp/service.cjs ${port} ${host} ${waitMs} ${secure ? "secure" : ""}`;
  let said = "";
  const listening = new Promise<void>((resolve) => {
    void sandbox.commands.run(command, {
      background: true,
      timeoutMs: 0,
      onStdout: (text) => {
        said += text;
        if (said.includes("listening")) resolve();
      },
    });
  });
  if (waitMs === 0) await listening;
}

async function switchTo(host: string, path: string, sent: string): Promise<string> {
  const { port } = local.server;
  return new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}`, connection: "Upgrade", upgrade: "echo" };
    const outgoing = httpRequest({ host: "127.0.0.1", port, path, headers });
    outgoing.on("upgrade", (_, socket) => {
      socket.on("data", (chunk: Buffer) => {
        resolve(`echo ${chunk.toString("utf8")}`);
        socket.destroy();
      });
      socket.write(sent);
    });
    outgoing.on("response", (response) => {
      response.resume();
      resolve(`status ${response.statusCode ?? 0}`);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe.skipIf(noBwrap !== null)(`services inside sandboxes (skipped when: ${noBwrap ?? "never"})`, () => {
  it("passes method, path, body and Host, by name and by header, and keeps the server's key to itself", async () => {
    const sandbox = await local.sdk.Sandbox.create("base");
    await serve(sandbox, { port: 8000 });
    const name = `8000-${sandbox.sandboxId}.e2b.localhost`;
    const body = Buffer.alloc(3_000_000, 7);
    const headers = { "x-api-key": local.server.apiKey, "x-mine": "1", connection: "x-drop", "x-drop": "1" };
    const byName = await ask({ host: name, path: "/a?b=1", method: "POST", body, headers });
    const seen = JSON.parse(byName.text) as { headers: Record<string, string> };
    expect(byName.status).toBe(200);
    expect(seen).toMatchObject({ method: "POST", url: "/a?b=1", bytes: 3_000_000 });
    expect(seen.headers.host).toBe(`${name}:${local.server.port}`);
    expect([seen.headers["x-mine"], seen.headers["x-drop"], seen.headers["x-api-key"]]).toEqual([
      "1",
      undefined,
      undefined,
    ]);
    const foreign = await ask({ host: `8000-${sandbox.sandboxId}.localhost`, headers: { "x-api-key": "its own" } });
    expect((JSON.parse(foreign.text) as typeof seen).headers["x-api-key"]).toBe("its own");
    const byHeader = { "e2b-sandbox-id": sandbox.sandboxId, "e2b-sandbox-port": "8000" };
    expect((await ask({ host: "127.0.0.1", headers: byHeader })).status).toBe(200);
    expect((await ask({ host: "127.0.0.1", headers: { ...byHeader, "e2b-sandbox-port": "70000" } })).status).toBe(400);
    // A host name that says another sandbox wins over the header.
    expect((await ask({ host: "8000-inobody.e2b.localhost", headers: byHeader })).status).toBe(502);
    expect((await ask({ host: "api.e2b.localhost", headers: byHeader })).status).toBe(401);
    await sandbox.kill();
  });

  it("streams an answer with its trailers, and a protocol switch both ways", async () => {
    const sandbox = await local.sdk.Sandbox.create("base");
    await serve(sandbox, { port: 8000 });
    const host = `8000-${sandbox.sandboxId}.e2b.localhost`;
    const slow = await ask({ host, path: "/slow" });
    expect([slow.text, slow.trailers]).toEqual(["firstsecond", { "x-end": "yes" }]);
    expect(await switchTo(host, "/", "hello")).toBe("echo hello");
    expect(await switchTo(host, "/no", "hello")).toBe("status 403");
    expect(await switchTo(`8001-${sandbox.sandboxId}.e2b.localhost`, "/", "x")).toBe("status 502");
    expect(await switchTo(`49983-${sandbox.sandboxId}.e2b.localhost`, "/", "x")).toBe("status 400");
    expect(await switchTo("127.0.0.1", "/v2/sandboxes", "x")).toBe("status 400");
    expect(await switchTo("evil.test", "/", "x")).toBe("status 403");
    await sandbox.kill();
  });

  it("waits for a service that is about to listen, finds one on ::1, and says in E2B's words when there is none", async () => {
    const sandbox = await local.sdk.Sandbox.create("base");
    const id = sandbox.sandboxId;
    await serve(sandbox, { port: 8002, host: "::1" });
    expect((await ask({ host: `8002-${id}.e2b.localhost` })).status).toBe(200);
    await serve(sandbox, { port: 8003, waitMs: 300 });
    expect((await ask({ host: `8003-${id}.e2b.localhost` })).status).toBe(200);
    const closed = { sandboxId: id, message: "The sandbox is running but port is not open", port: 8004, code: 502 };
    const none = await ask({ host: `8004-${id}.e2b.localhost` });
    expect([none.status, JSON.parse(none.text)]).toEqual([502, closed]);
    const browser = { "user-agent": "Mozilla/5.0 Chrome/140", accept: "text/html" };
    const page = await ask({ host: `8004-${id}.e2b.localhost`, headers: { ...browser, "sec-fetch-mode": "navigate" } });
    expect([page.status, page.type, page.text.startsWith("<html")]).toEqual([502, "text/html; charset=utf-8", true]);
    const script = await ask({ host: `8004-${id}.e2b.localhost`, headers: { ...browser, "sec-fetch-mode": "cors" } });
    expect(JSON.parse(script.text)).toEqual(closed);
    await sandbox.kill();
    const gone = await ask({ host: `8002-${id}.e2b.localhost` });
    expect([gone.status, JSON.parse(gone.text)]).toEqual([
      502,
      { sandboxId: id, message: "The sandbox was not found", code: 502 },
    ]);
  });

  it("asks for the traffic token, masks Host, and speaks TLS to the ports that want it", async () => {
    const sandbox = await local.sdk.Sandbox.create("base", {
      network: { allowPublicTraffic: false, maskRequestHost: "inside.test:${PORT}", httpsPorts: [8443] },
    });
    const token = sandbox.trafficAccessToken ?? "";
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    await serve(sandbox, { port: 8000 });
    const { key, cert } = makeCertificates(Date.now(), systemRandom);
    await sandbox.files.write([
      { path: "/tmp/key", data: key },
      { path: "/tmp/cert", data: cert },
    ]);
    await serve(sandbox, { port: 8443, secure: true });
    const to = (port: number, sent?: string): Promise<Answered> =>
      ask({
        host: `${port}-${sandbox.sandboxId}.e2b.localhost`,
        headers: sent === undefined ? {} : { "e2b-traffic-access-token": sent },
      });
    const secured = "Sandbox is secured with traffic access token.";
    const refusal = async (sent?: string): Promise<unknown> => {
      const { status, text } = await to(8000, sent);
      return [status, (JSON.parse(text) as { message: string }).message];
    };
    expect(await refusal()).toEqual([403, `${secured} Token header 'e2b-traffic-access-token' is missing`]);
    expect(await refusal("wrong")).toEqual([
      403,
      `${secured} Provided token in header 'e2b-traffic-access-token' is invalid`,
    ]);
    const open = JSON.parse((await to(8000, token)).text) as { headers: Record<string, string> };
    const host = `8000-${sandbox.sandboxId}.e2b.localhost:${local.server.port}`;
    expect([open.headers.host, open.headers["x-forwarded-host"]]).toEqual(["inside.test:8000", host]);
    expect((await to(8443, token)).status).toBe(200);
    // envd has its own token.
    expect(await outputOf(sandbox, "echo in")).toEqual({ code: 0, out: "in\n", err: "" });
    await sandbox.kill();
  });

  it("refuses ingress settings that make no sense", async () => {
    const create = async (network: object): Promise<string> =>
      local.sdk.Sandbox.create("base", { network }).then(
        async (sandbox) => String(await sandbox.kill()),
        (error: Error) => error.message,
      );
    expect(await create({ maskRequestHost: "a\r\nb: c" })).toContain("network.maskRequestHost must be a host name");
    expect(await create({ httpsPorts: [49_983] })).toContain("network.httpsPorts must be ports other than 49983");
    expect(await create({ maskRequestHost: "localhost:${PORT}", httpsPorts: [1] })).toBe("true");
  });

  it("opens no port for whoever does not know the agent's secret", async () => {
    const sandbox = await local.sdk.Sandbox.create("base");
    expect((await outputOf(sandbox, "echo listening")).code).toBe(0);
    const sockets = join(only(runParent), "k");
    const names = readdirSync(sockets).filter((name) => statSync(join(sockets, name)).isSocket());
    expect(names.length).toBeGreaterThan(0);
    const status = async (name: string, headers: Record<string, string>): Promise<number> =>
      new Promise((resolve) => {
        const outgoing = httpRequest({ socketPath: join(sockets, name), method: "CONNECT", path: "port:22", headers });
        outgoing.on("connect", (response, socket) => {
          socket.destroy();
          resolve(response.statusCode ?? 0);
        });
        // An agent that is still starting.
        outgoing.on("error", () => resolve(0));
        outgoing.end();
      });
    const guess = { "x-e2b-local-secret": "guessed" };
    const all = await Promise.all(names.flatMap((name) => [status(name, {}), status(name, guess)]));
    expect(all.filter((code) => code !== 0).length).toBeGreaterThan(1);
    expect(all.filter((code) => code !== 0 && code !== 404)).toEqual([]);
    await sandbox.kill();
  });
});
