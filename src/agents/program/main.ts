// What runs inside a sandbox: `node agent.mjs`. Frames on stdin, frames on stdout, nothing else; it needs no network and no
// package. It ends when told to, and when the host goes away.
import { hostname } from "node:os";
import { beatEveryMs, maxFrameBytes } from "../../contracts/frame-limits.ts";
import type { FrameFromAgent } from "../../contracts/frames.ts";
import { openLineReader } from "../../contracts/line-reader.ts";
import { realClock } from "../../host/clock.ts";
import { realEnv } from "../../host/env.ts";
import { openConversation } from "./converse.ts";
import { makeIdentity } from "./identity.ts";

const reader = openLineReader(maxFrameBytes);
const answer = openConversation({
  identity: makeIdentity(),
  sandboxId: realEnv.E2B_SANDBOX_ID ?? "",
  hostname: hostname(),
  pid: process.pid,
});
const say = (frame: FrameFromAgent): void => void process.stdout.write(`${JSON.stringify(frame)}\n`);
const end = (): void => process.exit(0);

let beats = 0;
realClock.every(beatEveryMs, () => say({ kind: "beat", seq: beats++ }));
process.stdin.on("data", (chunk: Buffer) => {
  for (const line of reader.push(chunk)) {
    const next = answer(line);
    if (next.kind === "stop") return void process.stdout.write("", end);
    if (next.kind === "say") say(next.frame);
  }
});
process.stdin.on("end", end);
process.stdin.on("error", end);
process.stdout.on("error", end);
