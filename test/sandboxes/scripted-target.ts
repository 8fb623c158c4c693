// A control plane of a few routes over real HTTP, whose answers a test sets as it goes: what no fault plan can order. It keeps
// its sandboxes in a map and tells which requests came.
import { createServer, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Target } from "../../src/contracts/target.ts";
import { isRecord } from "../../src/contracts/json.ts";

/** "cut" breaks the connection; a number is a status without effect; "serve" is what a target does. */
export type Answer = "serve" | "cut" | number;

export interface ScriptedTarget {
  readonly target: Target;
  /** Method and path of every request, in order. */
  readonly seen: string[];
  /** Metadata of what runs, by id. */
  readonly running: Map<string, unknown>;
  /** Called for each request before it is answered; what it does to `running` is the target's own doing. */
  answer: (request: string) => Answer;
  close(): void;
}

export async function scriptedTarget(): Promise<ScriptedTarget> {
  const running = new Map<string, unknown>();
  const seen: string[] = [];
  let made = 0;
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const name = `${request.method} ${(request.url ?? "").split("?")[0]}`;
      seen.push(name);
      const answer = scripted.answer(name);
      if (answer === "cut") return void request.socket.destroy();
      const say = (status: number, body: unknown): void =>
        void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (answer !== "serve") return say(answer, { code: answer, message: "as told" });
      const id = name.split("/").at(-1) ?? "";
      if (name.startsWith("POST")) {
        const body: unknown = JSON.parse(text);
        const fresh = `made${(made += 1)}`;
        running.set(fresh, isRecord(body) ? body["metadata"] : {});
        return say(201, { sandboxID: fresh, templateID: "t", clientID: "c", envdVersion: "0.2.0" });
      }
      if (name.endsWith("/sandboxes"))
        return say(
          200,
          [...running.keys()].map((one) => info(one, running)),
        );
      if (!running.has(id)) return say(404, { code: 404, message: "not found" });
      if (name.startsWith("GET")) return say(200, info(id, running));
      running.delete(id);
      return void response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const scripted: ScriptedTarget = {
    target: { kind: "local", url, apiKey: `e2b_${"0".repeat(40)}`, isolation: "none" },
    seen,
    running,
    answer: () => "serve",
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return scripted;
}

function info(sandboxID: string, running: ReadonlyMap<string, unknown>): object {
  const life = { startedAt: "2026-01-01T00:00:00Z", endAt: "2026-01-01T00:05:00Z", state: "running" };
  const size = { cpuCount: 1, memoryMB: 512, diskSizeMB: 512 };
  const made = { sandboxID, templateID: "t", alias: "base", clientID: "c", envdVersion: "0.2.0" };
  return { ...made, ...life, ...size, metadata: running.get(sandboxID) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
