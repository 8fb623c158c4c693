// The sandboxes of this server: who they are, when they end, and the one way to end them.
import type { Cancel, Clock } from "../host/clock.ts";
import type { Random } from "../host/random.ts";
import type { Cell } from "./isolation/backend.ts";

export interface LocalSandbox {
  readonly id: string;
  readonly templateId: string;
  readonly alias: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly cell: Cell;
  /** Null when created unsecured through the old route. */
  readonly token: string | null;
  readonly startedAtMs: number;
  /** Tie-break of equal start times. */
  readonly order: number;
  readonly allowInternetAccess: boolean | null;
  /** Wall time for people; the deadline itself runs on the monotonic clock. */
  endAtMs: number;
  endAtNs: bigint;
  cancelDeadline: Cancel;
  /** Requests on their way to the agent. */
  open: number;
}

export interface SandboxTable {
  add(
    fields: Omit<LocalSandbox, "endAtMs" | "endAtNs" | "cancelDeadline" | "open" | "order" | "startedAtMs">,
    seconds: number,
  ): LocalSandbox;
  get(id: string): LocalSandbox | undefined;
  all(): readonly LocalSandbox[];
  /** New end = now + seconds; `extendOnly` never shortens. */
  setDeadline(sandbox: LocalSandbox, seconds: number, extendOnly?: boolean): void;
  /** Takes it off the table and kills it; resolves when its processes are gone. */
  kill(sandbox: LocalSandbox): Promise<void>;
  /** Resolves when the folders of everything killed so far are deleted. */
  settled(): Promise<void>;
}

const idAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
const idLength = 20;

/** `i` + 20 letters and digits, unbiased: bytes beyond the last whole multiple of 36 are drawn again. */
export function makeSandboxId(random: Random): string {
  let id = "i";
  while (id.length <= idLength) {
    for (const byte of random.bytes(idLength)) if (byte < 252 && id.length <= idLength) id += idAlphabet[byte % 36];
  }
  return id;
}

export function createSandboxTable(clock: Clock): SandboxTable {
  const sandboxes = new Map<string, LocalSandbox>();
  const removing = new Set<Promise<void>>();
  let created = 0;
  const kill = async (sandbox: LocalSandbox): Promise<void> => {
    sandboxes.delete(sandbox.id);
    sandbox.cancelDeadline();
    await sandbox.cell.kill();
  };
  const setDeadline = (sandbox: LocalSandbox, seconds: number, extendOnly = false): void => {
    const endAtNs = clock.monotonicNs() + BigInt(Math.round(seconds * 1e9));
    if (extendOnly && endAtNs <= sandbox.endAtNs) return;
    sandbox.cancelDeadline();
    sandbox.endAtNs = endAtNs;
    sandbox.endAtMs = clock.nowMs() + seconds * 1000;
    sandbox.cancelDeadline = clock.after(Math.ceil(seconds * 1000), () => void kill(sandbox));
  };
  return {
    add(fields, seconds) {
      const now = { endAtMs: 0, endAtNs: 0n, open: 0, order: created++, startedAtMs: clock.nowMs() };
      const sandbox: LocalSandbox = { ...fields, ...now, cancelDeadline: () => undefined };
      sandboxes.set(sandbox.id, sandbox);
      setDeadline(sandbox, seconds);
      // A life ends exactly its length after its start, whatever the clock said in between.
      sandbox.endAtMs = sandbox.startedAtMs + seconds * 1000;
      const gone = sandbox.cell.removed.finally(() => removing.delete(gone));
      removing.add(gone);
      void sandbox.cell.ended.then(() => {
        // Ended from inside: nobody is left to answer for it.
        if (sandboxes.get(sandbox.id) === sandbox) sandboxes.delete(sandbox.id);
        sandbox.cancelDeadline();
      });
      return sandbox;
    },
    get: (id) => sandboxes.get(id),
    all: () => [...sandboxes.values()],
    setDeadline,
    kill,
    settled: async () => void (await Promise.all(removing)),
  };
}
