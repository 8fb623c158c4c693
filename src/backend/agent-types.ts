// What people call an agent, and what this product can deploy.
import type { Role } from "../contracts/frames.ts";
import { roleAliases, roleNames } from "../contracts/names.ts";
import { SwarmError } from "../contracts/swarm-error.ts";

/** Throws `usage.invalid` for a word that is no agent. */
export function roleOf(word: string): Role {
  const name = roleAliases[word] ?? word;
  const role = roleNames.find((candidate) => candidate === name);
  if (role !== undefined) return role;
  throw new SwarmError("usage.invalid", `Cannot deploy agentType "${word}": no such agent`, {
    hint: `Use one of ${roleNames.join(", ")}`,
    details: { field: "agentType" },
  });
}

/** Throws `sandbox.unsupported` (decision 3). */
export function refuseGpu(useGpu: boolean | undefined): void {
  if (useGpu !== true) return;
  throw new SwarmError("sandbox.unsupported", "Cannot deploy with useGpu: this target has no GPU sandboxes", {
    hint: "Leave useGpu out, or set it to false",
  });
}
