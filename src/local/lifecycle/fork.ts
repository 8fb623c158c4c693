// Fork: one copy of the files of a running sandbox, and new sandboxes that each start from it. Processes and memory stay
// with the original, which goes on untouched; a template's start command runs again in each fork.
import { ingressOfFork } from "../ports/ingress.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { makeSandboxId } from "../sandbox-table.ts";
import { inTurn } from "./in-turn.ts";
import { greet } from "./introduce.ts";

/** Each fork comes to be or fails on its own. */
export type ForkResult =
  | { readonly sandbox: LocalSandbox }
  | { readonly failure: "quota" | { readonly thrown: unknown } };

export type ForkOutcome = readonly ForkResult[] | "gone" | "paused";

export async function fork(
  plane: ControlPlane,
  original: LocalSandbox,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Promise<ForkOutcome> {
  const image = await captureRunning(plane, original);
  if (image === "gone" || image === "paused") return image;
  try {
    return await Promise.all(
      Array.from({ length: count }, async () => forkOnce(plane, original, { image: image.id, seconds })),
    );
  } finally {
    plane.images.release(image.id);
  }
}

/** The files of a sandbox as they are at one moment; the caller holds the image. */
export async function captureRunning(
  plane: ControlPlane,
  sandbox: LocalSandbox,
): Promise<{ readonly id: string } | "gone" | "paused"> {
  return inTurn(sandbox, async () => {
    if (plane.table.get(sandbox.id) !== sandbox) return "gone";
    if (sandbox.state.kind === "paused") return "paused";
    return { id: await plane.images.make(async (to) => sandbox.cell.capture(to)) };
  });
}

async function forkOnce(
  plane: ControlPlane,
  original: LocalSandbox,
  { image, seconds }: { readonly image: string; readonly seconds: number },
): Promise<ForkResult> {
  if (plane.table.active().length + plane.creating >= plane.maxSandboxes) return { failure: "quota" };
  plane.creating++;
  try {
    const taken = await plane.images.use(image, async (path) => plane.pool.take({ ...original.source, image: path }));
    const { templateId, alias, origin, metadata, envVars, source, allowInternetAccess } = original;
    const { onTimeout, autoResumeSeconds, volumeMounts } = original;
    const token = original.token === null ? null : plane.random.bytes(32).toString("hex");
    const tenant = { id: makeSandboxId(plane.random), token, templateId, origin, envVars };
    const cell = await greet(plane, taken, tenant);
    await cell.ready();
    const ingress = ingressOfFork(original.ingress, plane.random);
    const kept = { alias, metadata, source, allowInternetAccess, onTimeout, autoResumeSeconds, volumeMounts };
    const fields = { ...tenant, ...kept, ingress, cell };
    const sandbox = plane.table.add(fields, seconds);
    plane.logs.note(sandbox.id, "Sandbox created as a fork", { original: original.id });
    return { sandbox };
  } catch (thrown) {
    return { failure: { thrown } };
  } finally {
    plane.creating--;
  }
}
