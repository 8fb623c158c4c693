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
  /** This run started the local server, so it ends it when nothing runs there any more. */
  readonly startedHere: boolean;
}

export type Where = Pick<RunRequest, "target" | "isolation" | "folder">;

export async function findTarget(request: Where): Promise<FoundTarget> {
  if (request.target === "cloud")
    return { port: 0, domain: "e2b.app", pid: null, unavailable: null, startedHere: false };
  const { localCommand } = await import("../../src/backend/local.ts");
  try {
    const before: unknown = await localCommand({ action: "status" }, { isolation: request.isolation });
    const started: unknown = await localCommand({ action: "start" }, { isolation: request.isolation });
    const { url, pid } = isRecord(started) ? started : {};
    const startedHere = !(isRecord(before) && before.running === true);
    return { port: Number(new URL(String(url)).port), domain: "", pid: Number(pid), unavailable: null, startedHere };
  } catch (thrown) {
    const error = SwarmError.from(thrown);
    if (error.code !== "local.isolation") throw error;
    const unavailable = `${error.message}. ${error.hint ?? ""}`.trim();
    return { port: 0, domain: "", pid: null, unavailable, startedHere: false };
  }
}

/** Ends the local server that this run started, unless somebody else's sandboxes run there by now. */
export async function leaveTarget(found: FoundTarget, request: Where): Promise<void> {
  if (!found.startedHere) return;
  const { target, isolation, folder } = request;
  const { openBackend } = await import("../../src/backend/compose.ts");
  const { endServer } = await import("../../src/backend/local.ts");
  const backend = await openBackend({ target, isolation, folder });
  const { total } = await backend.call("listE2bSandboxes", {});
  await backend.close();
  if (total === 0) await endServer();
}
