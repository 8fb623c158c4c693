// Does one fault to one call. Says whether the call goes on to its endpoint, and settles what became of the call's effect.
import { invariant } from "../../contracts/invariant.ts";
import type { Attempt } from "./book.ts";
import { breakOff } from "../served.ts";
import { answerFault } from "./fault-answer.ts";
import type { FaultCall } from "./fault-call.ts";
import { faultLimits } from "./fault-limits.ts";
import type { FaultContext } from "./fault-context.ts";
import type { SandboxAction } from "./fits.ts";
import { actOnSandbox } from "./sandbox-actions.ts";
import { tapAnswer } from "./tap-answer.ts";

/** `answered`: the router has nothing left to do. */
export type Met = "onward" | "answered";

export async function perform(context: FaultContext, call: FaultCall, attempt: Attempt): Promise<Met> {
  const { action } = attempt.entry.plan;
  switch (action.kind) {
    case "answer":
      attempt.settle("did-not-happen");
      call.response.once("finish", () => attempt.observe(`answered ${action.status}`));
      answerFault(call, action);
      return "answered";
    case "hang":
      attempt.settle("did-not-happen");
      hang(context, call, attempt, action.ms ?? faultLimits.hangMs);
      return "answered";
    case "delay":
      return delay(context, call, attempt, action.ms);
    case "drop":
      return drop(call, attempt, action);
    case "kill":
      return kill(context, call, attempt, action);
    case "slow":
    case "fill":
    case "reset-streams":
      return disturb(context, call, attempt, action);
  }
}

function hang({ clock }: FaultContext, call: FaultCall, attempt: Attempt, ms: number): void {
  call.request.resume();
  const stop = clock.after(
    ms,
    () => {
      attempt.observe(`no answer for ${ms} ms, then the connection broke`);
      breakOff(call.response);
    },
    { unref: true },
  );
  call.response.once("close", () => {
    stop();
    attempt.observe("no answer until the caller gave up");
  });
}

async function delay({ clock }: FaultContext, call: FaultCall, attempt: Attempt, ms: number): Promise<Met> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  call.response.once("close", leave);
  try {
    await clock.sleep(ms, gone.signal);
  } catch {
    attempt.settle("did-not-happen");
    attempt.observe(`the caller gave up before ${ms} ms were over`);
    return "answered";
  }
  call.response.off("close", leave);
  attempt.observe(`went on after ${ms} ms`);
  watch(call, attempt);
  return "onward";
}

/** The call goes on; its answer tells the effect. */
function watch(call: FaultCall, attempt: Attempt): void {
  tapAnswer(call, { cutAfter: null, onClose: ({ effect, bytes }) => attempt.settle(effect, bytes) });
}

type When = "before-effect" | "after-effect" | "mid-answer";
interface Timed {
  readonly when: When;
  readonly afterBytes?: number;
}

function drop(call: FaultCall, attempt: Attempt, { when, afterBytes = 1 }: Timed): Met {
  if (when === "before-effect") {
    attempt.settle("did-not-happen");
    call.response.once("close", () => attempt.observe("the connection broke before the call was passed on"));
    breakOff(call.response);
    return "answered";
  }
  tapAnswer(call, {
    cutAfter: when === "after-effect" ? 0 : afterBytes,
    onCut: () => breakOff(call.response),
    onClose: ({ effect, bytes, cut }) => {
      attempt.settle(effect, bytes);
      if (cut) attempt.observe(`the connection broke after ${bytes} bytes of the answer`);
      else attempt.fail(`the answer ended by itself after ${bytes} bytes`);
    },
  });
  return "onward";
}

async function kill(
  context: FaultContext,
  call: FaultCall,
  attempt: Attempt,
  { when, afterBytes = 1 }: Timed,
): Promise<Met> {
  const sandbox = context.table.get(call.sandboxId ?? "");
  if (sandbox === undefined) return missing(call, attempt);
  const end = async (): Promise<void> => {
    await context.table.kill(sandbox);
    attempt.observe("every process of the sandbox is gone");
  };
  if (when === "before-effect") {
    await end();
    attempt.settle("did-not-happen");
    return "onward";
  }
  tapAnswer(call, {
    cutAfter: when === "mid-answer" ? afterBytes : null,
    // The agent's end breaks the connection as it would at any other time; what was already under way is held back.
    onCut: () => void end().then(() => breakOff(call.response)),
    onClose: ({ effect, bytes, cut }) => {
      attempt.settle(effect, bytes);
      if (cut) return;
      if (when === "after-effect") void end();
      else attempt.fail(`the answer ended by itself after ${bytes} bytes`);
    },
  });
  return "onward";
}

async function disturb(context: FaultContext, call: FaultCall, attempt: Attempt, action: SandboxAction): Promise<Met> {
  const sandbox = context.table.get(call.sandboxId ?? "");
  if (sandbox === undefined) return missing(call, attempt);
  watch(call, attempt);
  await actOnSandbox(context, { sandbox, attempt, spared: call.response }, action);
  return "onward";
}

function missing(call: FaultCall, attempt: Attempt): Met {
  invariant(call.sandboxId !== null, "only calls that name a sandbox meet a fault of sandboxes");
  attempt.fail("the sandbox was gone already");
  watch(call, attempt);
  return "onward";
}
