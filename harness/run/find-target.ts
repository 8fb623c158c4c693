// Brings the target up before the plan is signed, so that the plan can name it. A target that cannot be used is a finding,
// not a crash: what needs it is then NOT_RUN and the report says why.
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { isRecord } from "../../src/contracts/json.ts";
import type { RunRequest } from "./request.ts";

export interface FoundTarget {
  readonly port: number;
  readonly domain: string;
  readonly pid: number | null;
  readonly unavailable: string | null;
}

export async function findTarget(request: RunRequest): Promise<FoundTarget> {
  if (request.target === "cloud") return { port: 0, domain: "e2b.app", pid: null, unavailable: null };
  const { localCommand } = await import("../../src/backend/local.ts");
  try {
    const started: unknown = await localCommand("start", { isolation: request.isolation });
    const { url, pid } = isRecord(started) ? started : {};
    return { port: Number(new URL(String(url)).port), domain: "", pid: Number(pid), unavailable: null };
  } catch (thrown) {
    const error = SwarmError.from(thrown);
    if (error.code !== "local.isolation") throw error;
    return { port: 0, domain: "", pid: null, unavailable: `${error.message}. ${error.hint ?? ""}`.trim() };
  }
}
