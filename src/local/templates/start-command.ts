// Starts a template's start command and waits until its ready command says so. The same code proves it in the build and
// brings up every sandbox created from the template.
import type { Clock } from "../../host/clock.ts";
import type { Cell } from "../isolation/backend.ts";
import { limits } from "../limits.ts";
import type { StartCommand } from "./model.ts";
import { runInCell, type CommandEnd } from "./run-in-cell.ts";

export type Up = { readonly kind: "ready" } | { readonly kind: "failed"; readonly reason: string };

export interface BringUp {
  readonly start: StartCommand;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  readonly token: string | null;
  /** Later than the template's own variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly withinMs: number;
}

export async function bringUp(cell: Cell, asked: BringUp): Promise<Up> {
  const { start, log } = asked;
  const context = { ...start.context, env: { ...start.context.env, ...asked.env } };
  const left = new AbortController();
  /** Aborted when the start command failed: then nobody waits for the ready command. */
  const broken = new AbortController();
  let ended: CommandEnd | null = null;
  const failedStart = (): string | null => {
    if (ended === null || ended.kind === "left") return null;
    if (ended.kind === "exited" && ended.exitCode === 0) return null;
    return `start command failed: ${ended.status}`;
  };
  if (start.startCmd !== "") {
    log(`Running start command: ${start.startCmd}`);
    const running = startInBackground(cell, { ...asked, left: left.signal, context });
    void running.ended.then((end) => {
      ended = end;
      if (failedStart() !== null) broken.abort();
    });
    await running.started;
  }
  try {
    return await waitUntilReady(cell, { ...asked, context, failedStart, broken: broken.signal });
  } finally {
    // The command goes on without a listener.
    left.abort();
  }
}

interface Background extends BringUp {
  readonly context: StartCommand["context"];
  readonly left: AbortSignal;
}

function startInBackground(
  cell: Cell,
  asked: Background,
): { readonly started: Promise<void>; readonly ended: Promise<CommandEnd> } {
  let onStart: () => void = () => undefined;
  const began = new Promise<void>((resolve) => (onStart = resolve));
  const ended = runInCell(cell, {
    command: asked.start.startCmd,
    context: asked.context,
    // It may live as long as its sandbox.
    timeoutMs: 0,
    token: asked.token,
    onStart,
    onLine: (stream, line) => asked.log(`[start] [${stream}]: ${line}`),
    signal: asked.left,
  });
  return { started: Promise.race([began, ended.then(() => undefined)]), ended };
}

interface Waiting extends BringUp {
  readonly context: StartCommand["context"];
  readonly failedStart: () => string | null;
  readonly broken: AbortSignal;
}

async function waitUntilReady(cell: Cell, asked: Waiting): Promise<Up> {
  const { start, clock } = asked;
  // Without a ready command the start command only gets time to fail.
  const command = start.readyCmd === "" ? `sleep ${limits.unaskedReadySeconds}` : start.readyCmd;
  const endNs = clock.monotonicNs() + BigInt(Math.max(0, Math.floor(asked.withinMs))) * 1_000_000n;
  if (start.readyCmd !== "") asked.log(`Waiting for template to be ready: ${command}`);
  for (;;) {
    const leftMs = Number((endNs - clock.monotonicNs()) / 1_000_000n);
    if (leftMs <= 0) return { kind: "failed", reason: `ready command did not succeed within ${asked.withinMs} ms` };
    const { context, token, broken: signal } = asked;
    const end = await runInCell(cell, { command, context, timeoutMs: leftMs, token, signal });
    const failure = asked.failedStart();
    if (failure !== null) return { kind: "failed", reason: failure };
    if (end.kind === "exited" && end.exitCode === 0) {
      asked.log("Template is ready");
      return { kind: "ready" };
    }
    if (end.kind === "failed") return { kind: "failed", reason: `ready command failed: ${end.status}` };
    await clock.sleep(limits.readyRetryMs);
  }
}
