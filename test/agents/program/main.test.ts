// The bundled program as it runs inside a sandbox, here as a plain child process: the conversation needs no sandbox.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { FrameFromAgent, Proposal } from "../../../src/contracts/frames.ts";
import { roleNames } from "../../../src/contracts/names.ts";
import { canonicalJson } from "../../../src/contracts/json.ts";
import { check } from "../../../src/contracts/parse.ts";
import { taskInputsText } from "../../../src/contracts/task-inputs.ts";
import { taskOf } from "../window.ts";

const bundle = join(import.meta.dirname, "../../../dist/programs/agent.mjs");
let child: ChildProcessWithoutNullStreams;
let frames: AsyncIterator<string>;

beforeEach(() => {
  child = spawn(process.execPath, [bundle], { env: { E2B_SANDBOX_ID: "isandbox" } });
  frames = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
});
afterEach(() => void child.kill("SIGKILL"));

const say = (frame: unknown): void => void child.stdin.write(`${JSON.stringify(frame)}\n`);
async function hear(): Promise<FrameFromAgent> {
  for (;;) {
    const { value } = await frames.next();
    const parsed = check("frame.from-agent", JSON.parse(String(value)));
    if (!parsed.ok) throw new Error(`${parsed.field} ${parsed.problem}`);
    if (parsed.value.kind !== "beat") return parsed.value;
  }
}
async function introduced(role: string): Promise<Extract<FrameFromAgent, { kind: "ready" }>> {
  say({ kind: "hello", version: 1, agentId: "a1", role, nonce: "n" });
  const frame = await hear();
  if (frame.kind !== "ready") throw new Error(frame.kind);
  return frame;
}

it("is one small file without dependencies", () => {
  const text = readFileSync(bundle, "utf8");
  const imports = [...text.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name);
  expect(imports.filter((name) => name?.startsWith("node:") !== true)).toEqual([]);
  expect(statSync(bundle).size).toBeLessThan(100_000);
});

it("introduces itself with an echo that proves its surroundings, and a key made at its start", async () => {
  const ready = await introduced("momentum");
  expect(ready).toEqual({
    kind: "ready",
    version: 1,
    agentId: "a1",
    pid: child.pid,
    hostname: hostname(),
    nonceEcho: createHash("sha256").update("n:isandbox").digest("hex"),
    publicKey: ready.publicKey,
  });
  const key = createPublicKey({ key: Buffer.from(ready.publicKey, "base64"), format: "der", type: "spki" });
  expect(key.asymmetricKeyType).toBe("ed25519");
});

it.each(roleNames)("speaks as %s", async (role) => {
  await introduced(role);
  say({ ...taskOf(), strategy: role });
  expect(await hear()).toMatchObject({ kind: "proposal", proposal: { role } });
});

it("answers a task with its role's opinion, bound to the inputs and signed", async () => {
  const { publicKey } = await introduced("momentum");
  const task = taskOf();
  say(task);
  const frame = await hear();
  if (frame.kind !== "proposal") throw new Error(JSON.stringify(frame));
  const { proposal, signature } = frame;
  expect(proposal).toMatchObject({ agentId: "a1", role: "momentum", round: "r1", symbol: "AAPL", vote: "buy" });
  expect(proposal.inputsSha256).toBe(createHash("sha256").update(taskInputsText(task)).digest("hex"));
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  const signed = (text: string): boolean => verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  expect(signed(canonicalJson(proposal))).toBe(true);
  expect(signed(canonicalJson({ ...proposal, vote: "sell" }))).toBe(false);
});

it("as coordinator follows its peers by conviction, and abstains without any", async () => {
  await introduced("coordinator");
  const peer = (agentId: string, vote: Proposal["vote"], conviction: number): Proposal => {
    const rest = { role: "momentum", round: "r1", symbol: "AAPL", strategy: "s", figures: {} } as const;
    return { ...rest, agentId, vote, conviction, inputsSha256: "0".repeat(64) };
  };
  say(taskOf({ taskId: "t1", window: null, peers: [peer("p1", "sell", 0.9), peer("p2", "buy", 0.3)] }));
  say(taskOf({ taskId: "t2", window: null, peers: [] }));
  const answers = [await hear(), await hear()];
  expect(answers).toMatchObject([
    { taskId: "t1", proposal: { vote: "sell" } },
    { taskId: "t2", proposal: { vote: "abstain", conviction: 0 } },
  ]);
});

it("keeps serving after whatever comes in", async () => {
  child.stdin.write("no json\n");
  say({ kind: "dance" });
  say(taskOf());
  child.stdin.write(`${"x".repeat(1_048_577)}\n`);
  const complaints = [await hear(), await hear(), await hear(), await hear()];
  expect(complaints).toEqual([
    { kind: "error", taskId: null, message: "The line is no frame of this protocol" },
    { kind: "error", taskId: null, message: "The line is no frame of this protocol" },
    { kind: "error", taskId: "t1", message: "A task came before hello" },
    { kind: "error", taskId: null, message: "The frame is too long" },
  ]);
  await introduced("momentum");
  say(taskOf({ taskId: "t2", params: { lookback: -1 } }));
  expect(await hear()).toMatchObject({ kind: "error", taskId: "t2" });
  say({ kind: "ping", seq: 7 });
  expect(await hear()).toEqual({ kind: "pong", seq: 7 });
});

it("beats without being asked", async () => {
  const { value } = await frames.next();
  expect(JSON.parse(String(value))).toEqual({ kind: "beat", seq: 0 });
});

it("ends when told to", async () => {
  say({ kind: "stop" });
  expect(await once(child, "exit")).toEqual([0, null]);
});

it("ends when the host goes away", async () => {
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});
