// axe in a page: what it finds, or nothing. It is looked for among the installed packages, or where AXE_CORE says.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "./chromium.ts";

const path = process.env.AXE_CORE ?? installed();
/** Why axe's tests are left out; null where they run. */
export const noAxe = path === null ? "axe-core is not installed and AXE_CORE names no axe.min.js" : null;

function installed(): string | null {
  try {
    return createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  } catch {
    return null;
  }
}

export interface AxeResult {
  /** Rule, what it says, and the places. */
  readonly found: readonly string[];
  /** Rules that had something to look at: a scan of nothing proves nothing. */
  readonly passed: number;
}

/** Every rule axe has, best practices too. */
export async function runAxe(page: Page): Promise<AxeResult> {
  if (path === null) throw new Error(noAxe ?? "");
  await page.evaluate(`${readFileSync(path, "utf8")};0`);
  return page.evaluate<AxeResult>(`axe.run(document).then(({ violations, passes }) => ({
    passed: passes.length,
    found: violations.map(({ id, help, nodes }) => id + ": " + help + " at " + nodes.map(({ target }) => target.join(" ")).join(", ")),
  }))`);
}
