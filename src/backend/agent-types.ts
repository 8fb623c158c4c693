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

/** The other of two symbols; null when there are not two, or `symbol` is neither. */
export function partnerOf(symbols: readonly string[], symbol: string): string | null {
  return symbols.length === 2 && symbols.includes(symbol) ? (symbols.find((one) => one !== symbol) ?? null) : null;
}

/** Throws `usage.invalid` for a pairs agent without a pair. */
export function refuseLonely(role: Role, symbols: readonly string[]): void {
  if (role !== "pairs" || new Set(symbols).size === 2) return;
  throw new SwarmError(
    "usage.invalid",
    `Cannot deploy a pairs agent on ${symbols.join(", ") || "no symbol"}: it needs two`,
    {
      hint: "Name two symbols, such as --symbols AAPL,^GSPC: each is judged against the other",
      details: { field: "symbols" },
    },
  );
}
