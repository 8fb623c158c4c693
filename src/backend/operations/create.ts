// Creating sandboxes that stay: recorded in the folder's state, refused beforehand when they could cost more than allowed.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { handler } from "../handler.ts";
import { defaultSize, refuseOverBudget } from "../budget.ts";
import type { Parts } from "../parts.ts";

export const handle = handler("create.input", "create.output", async (parts, input, context) => {
  const { count = 1, timeoutSeconds = 300, template = "base", name, envVars, cpuCount, memoryMb } = input;
  // Half a size is completed by the default one; none at all leaves it to the template.
  const resources =
    cpuCount === undefined && memoryMb === undefined
      ? null
      : { cpuCount: cpuCount ?? defaultSize.cpuCount, memoryMb: memoryMb ?? defaultSize.memoryMb };
  refuseOverBudget(parts.settings, count, timeoutSeconds, resources ?? defaultSize);
  // The state must be writable before anything is started, or a sandbox would run that nobody remembers.
  await parts.state.update((state) => state);
  context.progress(
    count === 1 ? `creating a sandbox from ${template}` : `creating ${count} sandboxes from ${template}`,
  );
  const sandboxes = await parts.sandboxes();
  const made = await sandboxes.createMany(count, {
    template,
    timeoutSeconds,
    keep: true,
    ...(resources === null ? {} : { resources }),
    ...(name === undefined ? {} : { name }),
    ...(envVars === undefined ? {} : { envVars }),
  });
  if (context.signal.aborted) {
    await Promise.allSettled(made.map(({ sandboxId }) => sandboxes.terminate(sandboxId)));
    context.signal.throwIfAborted();
  }
  await remember(parts, made);
  return { sandboxes: [...made] };
});

/** Adds sandboxes to the folder's state. */
export async function remember(parts: Parts, made: readonly SandboxRecord[]): Promise<void> {
  const rows = made.map((sandbox) => ({
    id: sandbox.sandboxId,
    name: sandbox.name,
    template: sandbox.template,
    created_at: sandbox.createdAt,
    end_at: sandbox.endAt,
    target: parts.settings.target,
  }));
  await parts.state.update((state) => ({ ...state, sandboxes: [...state.sandboxes, ...rows] }));
}

/** Takes sandboxes, and the agents in them, out of the folder's state. */
export async function forget(parts: Parts, ids: readonly string[]): Promise<void> {
  const { sandboxes } = parts.state.read();
  if (!sandboxes.some((sandbox) => ids.includes(sandbox.id))) return;
  await parts.state.update((state) => ({
    ...state,
    sandboxes: state.sandboxes.filter((sandbox) => !ids.includes(sandbox.id)),
    agents: state.agents.filter((agent) => !ids.includes(agent.sandbox_id)),
  }));
}
