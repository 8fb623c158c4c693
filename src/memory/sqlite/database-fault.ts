// The one translation of driver errors into faults. What the caller can do about it decides the code.
import { unwritable } from "../../host/durable-file.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { sqliteCode } from "./driver.ts";

const unwritableCodes = ["SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM"];

export function databaseFault(path: string, thrown: unknown): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const code = sqliteCode(thrown);
  if (unwritableCodes.some((name) => code.startsWith(name))) return unwritable(path, thrown);
  if (code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT")) {
    return new SwarmError("state.corrupt", `Cannot read the record ${path}: ${code}`, {
      hint: "Move the file away; a new one is made",
      cause: thrown,
      details: { path, reason: code },
    });
  }
  const reason = code === "" ? String(thrown) : code;
  return new SwarmError("memory.unavailable", `Cannot use the record ${path}: ${reason}`, {
    hint: isBusy(thrown) ? "Another process writes without a pause; try again" : "Try again",
    cause: thrown,
    details: { path, reason },
  });
}

export function isBusy(thrown: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(thrown));
}
