// Sandboxes as people read them, one per line.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { alignedTable } from "./aligned-table.ts";

export function sandboxTable(sandboxes: readonly SandboxRecord[]): string {
  return alignedTable(
    ["ID", "NAME", "TEMPLATE", "STATUS", "CPU", "MIB", "CREATED", "ENDS"],
    sandboxes.map((sandbox) => [
      sandbox.sandboxId,
      sandbox.name,
      sandbox.template,
      sandbox.status,
      sandbox.resources.cpuCount,
      sandbox.resources.memoryMb,
      sandbox.createdAt,
      sandbox.endAt,
    ]),
  );
}
