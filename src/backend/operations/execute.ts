// One command inside a sandbox.
import { handler } from "../handler.ts";
import { managerFor } from "./status.ts";

export const handle = handler("execute.input", "execute.output", async (parts, input) => {
  const { sandboxId, command, ...rest } = input;
  const manager = await managerFor(parts, sandboxId);
  const result = await manager.execute(sandboxId, { command, ...defined(rest) });
  return {
    sandboxId,
    command,
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    processId: result.pid,
    executionTimeMs: Number(result.durationNs) / 1e6,
    timedOut: result.timedOut,
  };
});

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out members that are undefined. */
function defined<T extends object>(value: T): Defined<T> {
  const copy: Defined<T> = { ...value };
  return copy;
}
