// A template in a size, as E2B has them: CPU and memory belong to a template's build (decision 4). The variant has a name of
// its own, `node-2x1024`; a template asked for without a size is itself.
import type { Resources } from "../../contracts/sandbox.ts";

export function variantName(template: string, resources: Resources | null): string {
  return resources === null ? template : `${template}-${resources.cpuCount}x${resources.memoryMb}`;
}

/** What two sandboxes must share to stand in for each other: template, size and environment. */
export function variantKey(wanted: {
  readonly template: string;
  readonly resources: Resources | null;
  readonly envVars: Readonly<Record<string, string>>;
}): string {
  const variables = Object.entries(wanted.envVars).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify([variantName(wanted.template, wanted.resources), variables]);
}
