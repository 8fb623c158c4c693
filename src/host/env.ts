// Environment variables have one door; rooms take an `Env`, tests pass a literal.

export type Env = Readonly<Record<string, string | undefined>>;

export const realEnv: Env = process.env;

/** Sets variables that are not set, for this process and those it starts. */
export function setUnset(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) if ((process.env[name] ?? "") === "") process.env[name] = value;
}
