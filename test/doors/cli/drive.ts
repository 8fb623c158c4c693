// Drives one command line in this process and returns everything a caller of the command could see.
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { runCli } from "../../../src/doors/cli/run-cli.ts";
import type { CliWorld } from "../../../src/doors/cli/world.ts";
import { recordingBackend, type RecordingBackend } from "../recording-backend.ts";

export interface Driven {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly backend: RecordingBackend;
}

export async function drive(
  words: readonly string[],
  parts: Partial<CliWorld> & { backend?: RecordingBackend } = {},
): Promise<Driven> {
  const { backend = recordingBackend(), ...world } = parts;
  let stdout = "";
  let stderr = "";
  const code = await runCli(words, {
    env: {},
    clock: realClock,
    random: seededRandom(1),
    stdout: { write: (text) => void (stdout += text), isTTY: false },
    stderr: { write: (text) => void (stderr += text), isTTY: false },
    ask: null,
    signal: new AbortController().signal,
    configure: async () => undefined,
    openBackend: backend.open,
    localCommand: async ({ action }) =>
      action === "env" ? { E2B_API_URL: "http://127.0.0.1:1", E2B_API_KEY: "it's" } : { state: action, pidOf: 1 },
    serveMcp: async () => 0,
    serve: async () => 0,
    verifyAudit: async () => ({ lines: 0, torn: 0, head: "" }),
    ...world,
  });
  return { code, stdout, stderr, backend };
}

export interface Printed {
  readonly schema: string;
  readonly ok: boolean;
  readonly data: Record<string, unknown>;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly retryable: boolean;
  };
  readonly meta: Record<string, unknown>;
}

/** The one document on stdout; fails when there is anything else. */
export function document(driven: Driven): Printed {
  const lines = driven.stdout.split("\n");
  if (lines.length !== 2 || lines[1] !== "") throw new Error(`not one document: ${driven.stdout}`);
  return JSON.parse(lines[0] ?? "");
}
