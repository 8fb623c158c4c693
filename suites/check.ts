// One named check of the suites: it records what it expected and what it saw, as it happens, and fails when they differ.
// Verdicts are not made here; certify reads the records. Whatever a check created is gone when it ends.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { recordMeters } from "../bench/meters.ts";
import { checks, type CheckRow } from "../harness/claims/checks.ts";
import type { NewNote } from "../harness/claims/run-notes.ts";
import { openEvents, openObservations, type RunContext } from "../harness/evidence/recorder.ts";
import { recordWitness } from "../harness/evidence/record-witness.ts";
import { openWitness, ownCodeSighting } from "../harness/evidence/witness.ts";
import type { Witnessed } from "../harness/evidence/witness-verdict.ts";
import type { BackendOptions, OpenedBackend, OperationInput } from "../src/backend/backend.ts";
import { openBackend } from "../src/backend/compose.ts";
import type { SandboxRecord } from "../src/contracts/sandbox.ts";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import type { Isolation, TargetKind } from "../src/contracts/target.ts";
import { realClock } from "../src/host/clock.ts";
import { realEnv } from "../src/host/env.ts";
import { makeId } from "../src/host/ids.ts";
import { systemRandom } from "../src/host/random.ts";
import { runCommand, type CommandEnd } from "./cli/run-command.ts";
import { startRawServer, type RawServer } from "./mcp/raw-server.ts";

/** What the orchestrator hands to each suite. Plain values only: they travel between processes. */
export interface SuiteRun {
  readonly evidence: string;
  readonly run: string;
  readonly planSha256: string;
  readonly originNs: string;
  readonly target: TargetKind;
  readonly isolation: Isolation;
  /** Port of the announced local server, or the domain of the cloud. */
  readonly port: number;
  readonly domain: string;
  /** Why the target cannot be used at all; null when it can. */
  readonly unavailable: string | null;
  /** Temporary folder of the whole run; the orchestrator removes it, whatever becomes of a check. */
  readonly scratch: string;
}

declare module "vitest" {
  interface ProvidedContext {
    suiteRun: SuiteRun;
  }
}

type AtLeastOne<T> = [T, ...T[]];

export interface Check {
  /** Observes and records; a value that differs from `expected` fails the check, but the rest of it still runs. */
  readonly see: (what: string, expected: unknown, observe: () => unknown) => Promise<void>;
  readonly backend: OpenedBackend;
  /** Sandboxes that end with the check. */
  readonly create: (input: OperationInput<"createE2bSandbox">) => Promise<AtLeastOne<SandboxRecord>>;
  /** Has sandboxes made elsewhere end with the check. */
  readonly keep: (...ids: readonly string[]) => void;
  /** Ids the target lists as running, sorted. */
  readonly listed: () => Promise<readonly string[]>;
  /** A fresh unguessable word. */
  readonly nonce: () => string;
  /** The command line in an empty folder. */
  readonly cli: (...args: readonly string[]) => Promise<CommandEnd>;
  readonly mcp: () => RawServer;
  /** A backend of its own that may hold `max` sandboxes. */
  readonly small: (max: number) => Promise<OpenedBackend>;
  readonly withBudget: (dollars: number) => Promise<OpenedBackend>;
  /** The backend of another folder: what it does is behind this folder's back. */
  readonly elsewhere: () => Promise<OpenedBackend>;
  /** Writes a note for the report: a phase of a fault, a series. */
  readonly journal: (note: NewNote) => void;
  /** The evidence folder of this run. */
  readonly evidence: string;
  /** A file of the host with a secret in it. */
  readonly hostFile: string;
  /** An empty folder that is removed with the check. */
  readonly folder: string;
}

const run = inject("suiteRun");
const context: RunContext = {
  folder: run.evidence,
  run: run.run,
  planSha256: run.planSha256,
  originNs: BigInt(run.originNs),
};
const watched =
  run.target === "local" ? { kind: "local" as const, port: run.port } : { kind: "cloud" as const, domain: run.domain };
const watch = openWitness({ target: watched, env: realEnv });
/** A cancelled test is given up at once, but its process must not end before everything it made is gone. */
const performing = new Set<Promise<void>>();
afterAll(async () => {
  await Promise.allSettled(performing);
  watch.close();
});

/** Declares the check of this file; `id` is a row of harness/claims/checks.ts. */
export function check(id: string, body: (check: Check) => Promise<void>): void {
  const row = checks.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`Invariant broken: ${id} is a row of harness/claims/checks.ts`);
  test(`${id}: ${row.title}`, async (vitest) => {
    if (run.unavailable !== null && row.subject === "target") vitest.skip(run.unavailable);
    if (id === "production.isolation" && run.isolation === "none") vitest.skip("isolation none was asked for");
    const performed = perform({ id, subject: row.subject, body, signal: vitest.signal });
    performing.add(performed);
    await performed;
  });
}

interface Performance {
  readonly id: string;
  readonly subject: CheckRow["subject"];
  readonly body: (check: Check) => Promise<void>;
  /** Aborted when the run is cancelled: the check then ends at its next step. */
  readonly signal: AbortSignal;
}

async function perform({ id, subject, body, signal }: Performance): Promise<void> {
  const folder = mkdtempSync(join(run.scratch, "check-"));
  const events = openEvents(context, `check-${id.replaceAll(".", "-")}`, realClock);
  const observations = openObservations(context, id, realClock);
  const options: BackendOptions = { target: run.target, isolation: run.isolation, folder };
  const made = new Set<string>();
  const servers: RawServer[] = [];
  const backends: OpenedBackend[] = [];
  const failures: string[] = [];
  const backend = await openBackend(options);
  let exchange: Witnessed | null = null;
  let own: Witnessed | null = null;

  /** The exchange this observation caused, else the check's last one, else that our own code ran here. */
  const witness = async <T>(
    operation: () => Promise<T>,
  ): Promise<{ value?: T; error?: unknown; witnessed: Witnessed }> => {
    signal.throwIfAborted();
    const seen = await watch.during(operation);
    if (seen.exchanges > 0 || seen.problems.length > 0) exchange = recordWitness(events, seen.sighting);
    const witnessed = exchange ?? (own ??= recordWitness(events, ownCodeSighting()));
    return seen.result.ok ? { value: seen.result.value, witnessed } : { error: seen.result.error, witnessed };
  };
  const env = { E2B_SWARM_TARGET: run.target, E2B_SWARM_ISOLATION: run.isolation };
  const another = async (more: Readonly<Record<string, string>>, place = folder): Promise<OpenedBackend> => {
    const opened = await openBackend({ ...options, folder: place }, { ...realEnv, ...more });
    backends.push(opened);
    return opened;
  };
  const listed = async (): Promise<readonly string[]> => {
    const { sandboxes } = await backend.call("listE2bSandboxes", { status: "running" });
    return sandboxes.map((sandbox) => sandbox.sandboxId).sort();
  };
  const tools: Check = {
    backend,
    folder,
    evidence: run.evidence,
    journal: (note) => events.append(note),
    hostFile: join(folder, "host-secret"),
    listed,
    keep: (...ids) => ids.forEach((sandboxId) => made.add(sandboxId)),
    nonce: () => makeId("n", systemRandom).slice(2),
    cli: (...args) => runCommand(folder, env, args),
    small: (max) => another({ E2B_SWARM_MAX_SANDBOXES: String(max) }),
    withBudget: (dollars) => another({ COST_BUDGET_DAILY: String(dollars) }),
    elsewhere: () => another({}, join(folder, "elsewhere")),
    mcp: () => {
      const server = startRawServer(folder, env);
      servers.push(server);
      return server;
    },
    async create(input) {
      const { value, error } = await witness(() => backend.call("createE2bSandbox", input));
      const [first, ...rest] = value?.sandboxes ?? [];
      if (first === undefined) throw SwarmError.from(error ?? new Error("no sandbox was created"));
      for (const sandbox of [first, ...rest]) made.add(sandbox.sandboxId);
      return [first, ...rest];
    },
    async see(what, expected, observe) {
      const { value, error, witnessed } = await witness(async () => observe());
      signal.throwIfAborted();
      if (error !== undefined) {
        observations.threw(what, describe(error), witnessed);
        failures.push(`${what}: ${describe(error)}`);
      } else if (!observations.observe(what, expected, value, witnessed)) {
        failures.push(`${what}: expected ${brief(expected)}, saw ${brief(value)}`);
      }
    },
  };
  try {
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(tools.hostFile, tools.nonce());
    // A check about the target begins with an exchange with it, so that each of its observations has a witness.
    if (subject === "target") await witness(listed);
    await body(tools);
  } catch (error) {
    // A check that was told to stop found nothing wrong; the note keeps the run from counting as whole.
    if (signal.aborted) events.append({ k: "note", what: "abort", data: { code: "cancelled" } });
    else observations.threw("the check ran to its end", describe(error), exchange ?? own);
    failures.push(describe(error));
  } finally {
    await Promise.allSettled(servers.map((server) => server.end()));
    await Promise.allSettled(
      [...made].map((sandboxId) => backend.call("terminateE2bSandbox", { sandboxId, force: true })),
    );
    recordMeters(
      events,
      [backend, ...backends].flatMap((opened) => opened.meters()),
      run.target,
    );
    await Promise.allSettled([backend, ...backends].map((opened) => opened.close()));
    observations.close();
    events.close();
    rmSync(folder, { recursive: true, force: true });
  }
  expect(failures).toEqual([]);
}

/** The code of the fault an operation ends with, with the field it names; "no fault" when it succeeds. */
export async function faultOf(operation: () => Promise<unknown>): Promise<string> {
  try {
    await operation();
    return "no fault";
  } catch (error) {
    if (!(error instanceof SwarmError)) return `not a SwarmError: ${String(error)}`;
    const { field } = error.details;
    return typeof field === "string" && field !== "" ? `${error.code}: ${field}` : error.code;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}
