// Environment variables have one door; rooms take an `Env`, tests pass a literal.

export type Env = Readonly<Record<string, string | undefined>>;

export const realEnv: Env = process.env;
