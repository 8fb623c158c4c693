// Creating: one lease, one sandbox, and nothing left behind when it fails half-way.
import type { SandboxRecord } from "../contracts/sandbox.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { makeId } from "../host/ids.ts";
import { createTimeoutMs, lifeSeconds, requestTimeoutMs } from "./limits.ts";
import type { Reach } from "./reach.ts";
import { recordOf, templateName, type Marks } from "./records.ts";
import type { LoadedSdk, Sandbox } from "./sdk.ts";

export interface CreateRequest {
  /** Name for people, default `<template>-<id>`. */
  readonly name?: string;
  /** Default `base`; `nodejs` is `node`. */
  readonly template?: string;
  /** Life in seconds, default 300. */
  readonly timeoutSeconds?: number;
  readonly envVars?: Readonly<Record<string, string>>;
  /** True = it stays when this process closes; default false. */
  readonly keep?: boolean;
}

export async function createOne(reach: Reach, request: CreateRequest): Promise<SandboxRecord> {
  const template = templateName(request.template ?? "base");
  const leaseId = makeId("lease", reach.random);
  const keep = request.keep ?? false;
  reach.book.open({ leaseId, template, keep });
  const marks: Marks = {
    owner: reach.owner,
    lease: leaseId,
    template,
    keep: keep ? "yes" : "no",
    process: reach.process,
    ...(request.name === undefined ? {} : { name: request.name }),
  };
  const doing = { what: `create a sandbox from ${template}`, about: "create" } as const;
  try {
    return await reach.ask(doing, (loaded) => begin(reach, loaded, { ...request, template, marks }));
  } catch (thrown) {
    const fault = SwarmError.from(thrown);
    await removeRemains(reach, leaseId);
    reach.book.advance(leaseId, { kind: "not-started", code: fault.code });
    throw fault;
  }
}

interface Wanted extends CreateRequest {
  readonly template: string;
  readonly marks: Marks;
}

async function begin(reach: Reach, { Sandbox }: LoadedSdk, wanted: Wanted): Promise<SandboxRecord> {
  const sandbox: Sandbox = await Sandbox.create(reach.connection.templateOf(wanted.template), {
    timeoutMs: (wanted.timeoutSeconds ?? lifeSeconds) * 1_000,
    metadata: { ...wanted.marks },
    ...(wanted.envVars === undefined ? {} : { envs: { ...wanted.envVars } }),
    requestTimeoutMs: createTimeoutMs,
  });
  const startedNs = reach.clock.monotonicNs();
  const record = recordOf(await sandbox.getInfo({ requestTimeoutMs }), reach.connection);
  const { sandboxId, resources } = record;
  reach.remember(sandbox);
  reach.book.advance(wanted.marks.lease, { kind: "started", sandboxId, atNs: startedNs }, resources);
  reach.log.write("info", "sandbox created", { sandboxId, template: wanted.template, lease: wanted.marks.lease });
  return record;
}

/** A create whose answer was lost may have started something all the same: it carries our lease id. */
async function removeRemains(reach: Reach, leaseId: string): Promise<void> {
  const doing = { what: "look for the remains of a failed create", about: "list" } as const;
  try {
    await reach.ask(doing, async ({ Sandbox }) => {
      const query = { metadata: { lease: leaseId } };
      for (const { sandboxId } of await Sandbox.list({ query, requestTimeoutMs }).nextItems()) {
        await Sandbox.kill(sandboxId, { requestTimeoutMs });
      }
    });
  } catch (thrown) {
    // The first fault is the one to report; an unreachable target ends what it may have started at its deadline.
    reach.log.write("warn", "remains of a failed create not looked for", { reason: SwarmError.from(thrown).code });
  }
}
