// Takes a spare through one call of each kind before anybody waits for it: the first call of a Node program compiles what
// the later ones only run. Everything here is ours; no tenant's code is involved.
import type { Clock } from "../host/clock.ts";
import { callAgent } from "./agent-call.ts";
import type { Cell } from "./isolation/backend.ts";

const envelopeHeaderBytes = 5;

/** Never fails: a cell that can not be warmed is still a cell, and /init will find out what is wrong with it. */
export async function warmUp(cell: Cell, clock: Clock): Promise<void> {
  const start = { process: { cmd: "/bin/bash", args: ["-l", "-c", "true"] }, stdin: false };
  const path = encodeURIComponent("/tmp/.warm");
  const octets = "application/octet-stream";
  try {
    await callAgent(cell, { method: "POST", path: "/init", body: {} }, clock);
    await callAgent(
      cell,
      { method: "POST", path: "/process.Process/Start", bytes: enveloped(start), type: "application/connect+json" },
      clock,
    );
    await callAgent(
      cell,
      { method: "POST", path: `/files?path=${path}`, bytes: Buffer.from("warm"), type: octets },
      clock,
    );
    await callAgent(cell, { method: "GET", path: `/files?path=${path}` }, clock);
    await callAgent(
      cell,
      { method: "POST", path: "/filesystem.Filesystem/Remove", body: { path: "/tmp/.warm" } },
      clock,
    );
  } catch {
    // See above.
  }
}

function enveloped(message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(envelopeHeaderBytes);
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}
