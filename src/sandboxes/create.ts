// Creating: one lease, one sandbox, and nothing left behind when it fails half-way. A create whose answer was lost may have
// started something all the same: it is looked for by the lease's mark before anything is created again.
import type { Resources, SandboxRecord } from "../contracts/sandbox.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { makeId } from "../host/ids.ts";
import { createTimeoutMs, lifeSeconds, lookForLostMs } from "./limits.ts";
import { endAll, endTwins, findMarked } from "./lost-answers.ts";
import type { Reach } from "./reach.ts";
import { recordOf, templateName, type Marks } from "./records.ts";
import type { SandboxInfo } from "./sdk.ts";
import { variantName } from "./templates/variant.ts";
import { retryDelayMs } from "./traffic/retry-policy.ts";

export interface CreateRequest {
  /** Name for people, default `<template>-<id>`. */
  readonly name?: string;
  /** Default `base`; `nodejs` is `node`. */
  readonly template?: string;
  /** A size of its own; default the template's. A variant that the target does not have is built. */
  readonly resources?: Resources;
  /** Life in seconds, default 300. */
  readonly timeoutSeconds?: number;
  readonly envVars?: Readonly<Record<string, string>>;
  /** True = it stays when this process closes; default false. */
  readonly keep?: boolean;
}

interface Wanted extends CreateRequest {
  /** What the target calls it. */
  readonly targetTemplate: string;
  readonly marks: Marks;
}

export async function createOne(reach: Reach, request: CreateRequest): Promise<SandboxRecord> {
  const asked = templateName(request.template ?? "base");
  const resources = request.resources ?? null;
  const template = variantName(asked, resources);
  const leaseId = makeId("lease", reach.random);
  const askedNs = reach.clock.monotonicNs();
  const tookMs = (): number => Number(reach.clock.monotonicNs() - askedNs) / 1e6;
  const keep = request.keep ?? false;
  reach.book.open({ leaseId, template, keep });
  try {
    const targetTemplate = await reach.variants.resolve(asked, resources);
    const marks: Marks = {
      owner: reach.owner,
      lease: leaseId,
      template,
      keep: keep ? "yes" : "no",
      process: reach.process,
      ...(request.name === undefined ? {} : { name: request.name }),
    };
    const made = await begin(reach, { ...request, targetTemplate, marks });
    const { sandboxId } = made;
    const endMs = Date.parse(made.endAt);
    reach.witness({ kind: "created", sandboxId, resources: made.resources, endMs, tookMs: tookMs() });
    return made;
  } catch (thrown) {
    const fault = SwarmError.from(thrown);
    reach.witness({ kind: "not-created", code: fault.code, tookMs: tookMs() });
    reach.book.advance(leaseId, { kind: "not-started", code: fault.code });
    throw fault;
  }
}

/** Creates, as often as the settings allow; between two tries the target is asked what came of the one before. */
async function begin(reach: Reach, wanted: Wanted): Promise<SandboxRecord> {
  const { clock, settings } = reach;
  const { lease } = wanted.marks;
  const retries = settings.retries.creates;
  let doubtful = false;
  for (let sent = 1; ; sent++) {
    const sending: Sending = { sentNs: clock.monotonicNs(), made: null };
    try {
      const { sandboxId, atNs } = await send(reach, wanted, sending);
      const info = await reach.looks.infoOfOwn(sandboxId);
      if (doubtful) await endTwins(reach, lease, sandboxId);
      return start(reach, wanted, info, atNs);
    } catch (thrown) {
      const fault = SwarmError.from(thrown);
      // A target that answered with an error of its own may have started something before; it is past that now.
      const failed = fault.code === "sandbox.create-failed";
      if (sending.made !== null || failed || !fault.row.definite) {
        doubtful = true;
        const trace = await findMarked(reach, lease, failed ? 0 : lookForLostMs);
        if (trace.kind === "found") return start(reach, wanted, trace.info, sending.made?.atNs ?? sending.sentNs);
        // It was made and cannot be looked at: it is not handed out, so it is ended.
        if (sending.made !== null) await endAll(reach, [sending.made.sandboxId]);
        if (trace.kind === "unknown") throw fault;
      }
      // Nothing of it is there: to create again is no repetition of an effect.
      const delayMs = retryDelayMs(fault, { sent, retries, repeatable: true }, reach.random);
      if (delayMs === null) throw fault;
      await clock.sleep(delayMs);
    }
  }
}

/** What is known of a create while it is under way. */
interface Sending {
  /** When it went out, its turn waited for. */
  sentNs: bigint;
  made: Made | null;
}

/** A sandbox, and when the target named it. */
interface Made {
  readonly sandboxId: string;
  readonly atNs: bigint;
}

function send(reach: Reach, wanted: Wanted, sending: Sending): Promise<Made> {
  const doing = { what: `create a sandbox from ${wanted.marks.template}`, about: "create" } as const;
  return reach.ask(doing, async ({ Sandbox }) => {
    sending.sentNs = reach.clock.monotonicNs();
    const sandbox = await Sandbox.create(wanted.targetTemplate, {
      timeoutMs: (wanted.timeoutSeconds ?? lifeSeconds) * 1_000,
      metadata: { ...wanted.marks },
      ...(wanted.envVars === undefined ? {} : { envs: { ...wanted.envVars } }),
      requestTimeoutMs: createTimeoutMs,
    });
    reach.remember(sandbox);
    return (sending.made = { sandboxId: sandbox.sandboxId, atNs: reach.clock.monotonicNs() });
  });
}

/** The lease runs; metered from `sinceNs`, until the end of its life at the latest. */
function start(reach: Reach, wanted: Wanted, info: SandboxInfo, sinceNs: bigint): SandboxRecord {
  const record = recordOf(info, reach.connection);
  const { sandboxId, resources } = record;
  const lifeMs = Math.max(0, info.endAt.getTime() - info.startedAt.getTime());
  const endsNs = sinceNs + BigInt(lifeMs) * 1_000_000n;
  reach.book.advance(wanted.marks.lease, { kind: "started", sandboxId, atNs: sinceNs, endsNs }, resources);
  const { template, lease } = wanted.marks;
  reach.log.write("info", "sandbox created", { sandboxId, template, lease });
  return record;
}
