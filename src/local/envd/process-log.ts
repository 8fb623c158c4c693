// What the agent tells the host's log: one JSON line on its own stdout for each start and end of a process. Nobody waits for
// it, and while the host does not read nothing is kept.
import type { ManagedProcess } from "./process/managed-process.ts";

const keptBytes = 65_536;
const commandLength = 1_000;

export function logProcess({ pid, config, child, exited }: ManagedProcess): void {
  const command = [config.cmd, ...config.args].join(" ").slice(0, commandLength);
  say({ event_type: "process_start", pid, command, message: `Process with pid ${pid} started` });
  void exited.then(() => {
    const result = child.signalCode === null ? `exit status ${child.exitCode ?? 0}` : `signal: ${child.signalCode}`;
    say({ event_type: "process_end", pid, result, message: `Process with pid ${pid} ended` });
  });
}

function say(event: Readonly<Record<string, string | number>>): void {
  if (process.stdout.writableLength > keptBytes) return;
  process.stdout.write(`${JSON.stringify({ level: "info", logger: "process", ...event })}\n`);
}
