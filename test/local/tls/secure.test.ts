// TLS and HTTP/2 on the front door: the stock SDK through its environment, raw HTTP/2, certificates and their life.
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, constants, type ClientHttp2Session } from "node:http2";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { secureEnvironment } from "../../../src/local/environment.ts";
import { openCertificates } from "../../../src/local/tls/certificates.ts";
import { simulatedClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { noBwrap, startLocal, type Local } from "../harness.ts";

const run = promisify(execFile);
const folder = mkdtempSync("/tmp/e2bt-");
let local: Local;
let ca: Buffer;
beforeAll(async () => {
  if (noBwrap !== null) return;
  local = await startLocal({ tls: { folder: join(folder, "tls") } });
  ca = readFileSync(local.server.authorityFile ?? "");
});
afterAll(async () => {
  await local?.server.close();
  rmSync(folder, { recursive: true, force: true });
});

function session(host: string): ClientHttp2Session {
  const { port } = local.server;
  return connect(`https://127.0.0.1:${port}`, { ca, servername: host });
}

interface Answered {
  readonly status: number;
  readonly text: string;
  /** 0 when the stream ended as it should. */
  readonly reset: number;
}

async function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body: Buffer | null = null,
  onHead: () => void = () => undefined,
): Promise<Answered> {
  return new Promise((resolve) => {
    const stream = session.request(headers, { endStream: body === null });
    let status = 0;
    let text = "";
    stream.on("response", (head) => {
      status = Number(head[":status"]);
      onHead();
    });
    stream.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    stream.on("error", () => undefined);
    stream.on("close", () => resolve({ status, text, reset: stream.rstCode ?? 0 }));
    if (body !== null) stream.end(body);
  });
}

function start(cmd: string, args: readonly string[]): Buffer {
  const payload = Buffer.from(JSON.stringify({ process: { cmd, args } }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

async function tokenOf(id: string): Promise<string> {
  const answer = await fetch(`${local.server.url}/sandboxes/${id}`, { headers: { "x-api-key": local.server.apiKey } });
  return ((await answer.json()) as { envdAccessToken: string }).envdAccessToken;
}

describe.skipIf(noBwrap !== null)(`TLS and HTTP/2 (skipped when: ${noBwrap ?? "never"})`, () => {
  it("serves the stock SDK: transfers, commands at once, a port by https, a sandbox killed in the middle", async () => {
    const env = { ...secureEnvironment({ ...local.server, authorityFile: join(folder, "tls/ca.pem") }) };
    const { PATH, HOME } = process.env;
    const program = join(import.meta.dirname, "client.mjs");
    const { stdout } = await run(process.execPath, [program, "30"], { env: { PATH, HOME, ...env } });
    const { broken, ...rest } = JSON.parse(stdout) as { broken: string };
    expect(rest).toEqual({ same: true, said: 30, page: 200 });
    expect(broken).toContain("sandbox was killed or reached its end of life");
  });

  it("speaks plain HTTP, HTTP/1.1 over TLS and HTTP/2 on one port", async () => {
    const { port, url } = local.server;
    expect((await fetch(`${url}/health`)).status).toBe(204);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: `api.e2b.localhost:${port}` };
      const options = { host: "127.0.0.1", port, path: "/health", ca, servername: "api.e2b.localhost", headers };
      const outgoing = httpsRequest(options, (response) => resolve([response.statusCode, response.httpVersion]));
      outgoing.on("error", reject);
      outgoing.end();
    });
    expect(status).toEqual([204, "1.1"]);
    const http2 = session("api.e2b.localhost");
    const to = (authority: string, more: Record<string, string> = {}): Promise<Answered> =>
      ask(http2, { ":path": "/v2/sandboxes", ":authority": authority, ...more });
    const key = { "x-api-key": local.server.apiKey };
    expect(await to(`api.e2b.localhost:${port}`, key)).toEqual({ status: 200, text: "[]", reset: 0 });
    expect((await to(`api.e2b.localhost:${port}`)).status).toBe(401);
    expect((await to(`evil.test:${port}`, key)).status).toBe(403);
    expect((await to(`api.e2b.localhost:${port}`, { ...key, host: "evil.test" })).status).toBe(403);
    http2.close();
  });

  it("carries 250 streams on one connection, resets the stream of a killed sandbox with INTERNAL_ERROR, and ends the others as they should", async () => {
    const sandbox = await local.sdk.Sandbox.create("base");
    const http2 = session("x.e2b.localhost");
    const headers = {
      ":method": "POST",
      ":path": "/process.Process/Start",
      ":authority": `49983-${sandbox.sandboxId}.e2b.localhost:${local.server.port}`,
      "content-type": "application/connect+json",
      "x-access-token": await tokenOf(sandbox.sandboxId),
    };
    const done = await ask(http2, headers, start("/bin/sh", ["-c", "exit 3"]));
    expect([done.status, done.reset, done.text.includes("exit status 3")]).toEqual([200, 0, true]);
    const sleepers = Array.from({ length: 250 }, async () => ask(http2, headers, start("/bin/sleep", ["3"])));
    const ends = await Promise.all(sleepers);
    expect(new Set(ends.map(({ status, reset }) => `${status} ${reset}`))).toEqual(new Set(["200 0"]));
    expect(ends.filter(({ text }) => text.includes('"exited":true')).length).toBe(250);
    const killed = await ask(http2, headers, start("/bin/sleep", ["60"]), () => void sandbox.kill());
    expect([killed.status, killed.reset]).toEqual([200, constants.NGHTTP2_INTERNAL_ERROR]);
    http2.close();
  });
});

describe("certificates", () => {
  it("are kept, readable by their owner only, and made again in time", async () => {
    const own = mkdtempSync("/tmp/e2bt-");
    const clock = simulatedClock();
    const first = await openCertificates(own, clock, seededRandom(1));
    expect(await openCertificates(own, clock, seededRandom(2))).toEqual(first);
    expect(statSync(join(own, "key.pem")).mode & 0o777).toBe(0o600);
    await clock.advance(780 * 86_400_000);
    const renewed = await openCertificates(own, clock, seededRandom(3));
    expect(renewed.cert).not.toBe(first.cert);
    writeFileSync(join(own, "cert.pem"), first.cert);
    const repaired = await openCertificates(own, clock, seededRandom(4));
    expect([first.cert, renewed.cert]).not.toContain(repaired.cert);
    rmSync(own, { recursive: true, force: true });
  });

  it("stand under an authority that may sign names below localhost only and whose key nobody has", async () => {
    const own = mkdtempSync("/tmp/e2bt-");
    const { cert, authorityFile } = await openCertificates(own, simulatedClock(), seededRandom(1));
    const authority = new X509Certificate(readFileSync(authorityFile));
    // NameConstraints, critical: permitted subtree "localhost".
    const constraint = Buffer.concat([
      Buffer.from("0603551d1e0101ff", "hex"),
      Buffer.from([0x04, 0x11, 0x30, 0x0f, 0xa0, 0x0d, 0x30, 0x0b, 0x82, 0x09]),
      Buffer.from("localhost"),
    ]);
    expect(authority.raw.includes(constraint)).toBe(true);
    const server = new X509Certificate(cert);
    expect([server.checkHost("8000-iabc.e2b.localhost"), server.checkHost("e2b.app"), server.ca]).toEqual([
      "*.e2b.localhost",
      undefined,
      false,
    ]);
    const key = readFileSync(join(own, "key.pem"), "utf8");
    expect(key.match(/PRIVATE KEY/g)?.length).toBe(2);
    rmSync(own, { recursive: true, force: true });
  });
});
