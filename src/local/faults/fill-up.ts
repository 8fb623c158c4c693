// Fills a file system that belongs to one sandbox, from inside it, so that its own bound ends the filling and no other sandbox
// and no host disk ever suffers. Emptied again when the fault is over.
import type { FaultAction } from "../../contracts/fault-plan.ts";
import { callAgent } from "../agent-call.ts";
import type { IsolationLabel } from "../isolation/backend.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { Attempt } from "./book.ts";
import { connectEnvelope } from "./connect-envelope.ts";
import type { FaultContext } from "./fault-context.ts";
import { faultLimits } from "./fault-limits.ts";

type FillFault = Extract<FaultAction, { kind: "fill" }>;

const files = { "shared-memory": "/dev/shm/.e2b-swarm-fault", disk: "/var/tmp/.e2b-swarm-fault" } as const;
/** What the shell below prints, as it shows in the answer: base64 of "full\n". */
const fullMark = Buffer.from("full\n").toString("base64");

/** Why this fault cannot be had here, or null. */
export function fillProblem(label: IsolationLabel, { where }: FillFault): string | null {
  if (label.isolation === "none") return "sandboxes without isolation have no file system of their own";
  if (where === "disk") return "sandboxes of this server have no disk quota, so filling one would fill the host's disk";
  return null;
}

export async function fillUp(
  context: FaultContext,
  { sandbox, attempt }: { readonly sandbox: LocalSandbox; readonly attempt: Attempt },
  action: FillFault,
): Promise<void> {
  const file = files[action.where];
  const undo = (): void => void run(context, sandbox, `rm -f ${file}`).catch(() => undefined);
  const forMs = action.forMs ?? faultLimits.fillMs;
  attempt.entry.undo.push(context.clock.after(forMs, undo, { unref: true }), undo);
  try {
    const answer = await run(context, sandbox, fillScript(file));
    if (answer.includes(fullMark)) attempt.observe(`${action.where} is full for ${forMs} ms`);
    else attempt.fail(`${action.where} could not be filled`);
  } catch (thrown) {
    attempt.fail(`${action.where} could not be filled: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** Large steps first, so that gigabytes cost no time; the last bytes are written until one does not fit. */
function fillScript(file: string): string {
  const steps = `f=${file}; : > $f || exit 1; o=0; n=1073741824; while [ $n -ge 4096 ]; do if fallocate -o $o -l $n $f 2>/dev/null; then o=$((o+n)); else n=$((n/2)); fi; done`;
  return `${steps}; head -c 8388608 /dev/zero 2>/dev/null >> $f || echo full`;
}

async function run({ clock }: FaultContext, sandbox: LocalSandbox, script: string): Promise<string> {
  const start = { process: { cmd: "/bin/sh", args: ["-c", script] }, stdin: false };
  const call = { method: "POST", path: "/process.Process/Start", type: "application/connect+json" } as const;
  const { text } = await callAgent(
    sandbox.cell,
    { ...call, bytes: connectEnvelope(0, start), token: sandbox.token },
    clock,
  );
  return text;
}
