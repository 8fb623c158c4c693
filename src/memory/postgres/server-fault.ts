// Errors of the server in words of ours. Whether anything can have happened is decided by where the transaction stood, so
// that is for the caller to say; here only what kind of error it is.
import { SwarmError } from "../../contracts/swarm-error.ts";

/** SQLSTATE, or Node's name of a network error, or empty. */
export function stateOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
}

/** Broken off for a reason that a fresh attempt does not have: deadlock, restart, lost or forgotten connection. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof SwarmError || !(thrown instanceof Error)) return false;
  const state = stateOf(thrown);
  if (/^(40001|40P01|25P03|25P02|57P0[123]|08|53300)/.test(state)) return true;
  if (/^E[A-Z]+$/.test(state)) return true;
  return /Connection terminated|not queryable|connection.*(closed|timeout)/i.test(thrown.message);
}

/** Nothing happened, or a read failed. */
export function serverFault(server: string, thrown: unknown): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const reason = reasonOf(thrown);
  return new SwarmError("memory.unavailable", `Cannot use the record on ${server}: ${reason}`, {
    hint: isPassing(thrown) ? "Try again when the server is up" : "Check the server's address, rights and version",
    details: { server, reason },
  });
}

/** The commit was sent and its answer lost. */
export function indeterminate(server: string, thrown: unknown): SwarmError {
  const reason = reasonOf(thrown);
  return new SwarmError("memory.indeterminate", `The answer of ${server} to a commit was lost: ${reason}`, {
    hint: "Read the record to learn whether the write took effect",
    details: { server, reason },
  });
}

function reasonOf(thrown: unknown): string {
  const state = stateOf(thrown);
  if (state !== "") return state;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Where the server is, without user or password. */
export function nameOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `PostgreSQL at ${host}${pathname}`;
  } catch {
    return "PostgreSQL";
  }
}
