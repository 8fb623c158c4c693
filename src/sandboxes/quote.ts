// A program and its arguments as one line for bash that expands nothing.
import { SwarmError } from "../contracts/swarm-error.ts";
import { maxLineBytes } from "./limits.ts";

/** The line for `command` with `args` passed unchanged, or the command itself as a shell line when `args` is absent. */
export function commandLine(command: string, args?: readonly string[]): string {
  const line = args === undefined ? command : `exec ${[command, ...args].map((word) => quote(word)).join(" ")}`;
  if (line.includes("\0")) {
    throw new SwarmError("usage.invalid", "Cannot run a command that holds a NUL character", {
      hint: "Write the bytes to a file of the sandbox and pass its path",
    });
  }
  const bytes = Buffer.byteLength(line);
  if (bytes <= maxLineBytes) return line;
  throw new SwarmError(
    "usage.invalid",
    `Cannot run a command of ${bytes} bytes: at most ${maxLineBytes} are possible`,
    {
      hint: "Write the input to a file of the sandbox and pass its path",
      details: { bytes, limit: maxLineBytes },
    },
  );
}

/** Single quotes keep everything but the single quote itself. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
