// Plans of the cloud as limits of the local server, so that a program meets them before it goes there: sandboxes at once, life
// of a sandbox, creates per second. Figures of E2B's public plans, November 2026.
import { SwarmError } from "../../contracts/swarm-error.ts";

export const profiles = {
  hobby: { maxSandboxes: 20, maxLifeSeconds: 3_600, createsPerSecond: 1 },
  pro: { maxSandboxes: 100, maxLifeSeconds: 86_400, createsPerSecond: 5 },
} as const;

export type ProfileName = keyof typeof profiles;

export interface Profile {
  readonly maxSandboxes: number;
  readonly maxLifeSeconds: number;
  readonly createsPerSecond: number;
}

export const profileNames = ["hobby", "pro"] as const satisfies readonly ProfileName[];

/** Throws `usage.invalid` for any other name. */
export function findProfile(name: string): Profile {
  const known = profileNames.find((one) => one === name);
  if (known !== undefined) return profiles[known];
  throw new SwarmError("usage.invalid", `Cannot use profile ${name}: there is no such profile`, {
    hint: `Choose ${profileNames.join(" or ")}, or leave it out for no limits but the server's own`,
  });
}
