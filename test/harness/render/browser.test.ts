// The pages in a real browser: axe finds nothing and nothing overflows, on a desk and on a phone, light and dark. Skipped, with
// the reason, where browser or axe is absent.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderReports } from "../../../harness/render/render-reports.ts";
import { conditionalDocument, refusedDocument } from "./sample-document.ts";

function findBrowser(): string | null {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return names.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0) ?? null;
}

function findAxe(): string | null {
  try {
    return readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  } catch {
    return null;
  }
}

/** The page with axe in it, which puts what it found in place of the page. The policy would forbid that, so the copy has none. */
function instrumented(html: string, axe: string): string {
  const script = `${axe}
    axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => {
      const found = {
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        width: innerWidth,
        dark: matchMedia("(prefers-color-scheme: dark)").matches,
        violations: violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target)),
      };
      document.body.innerHTML = "";
      document.body.append("FOUND" + encodeURIComponent(JSON.stringify(found)) + "END");
    });`;
  return html
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "")
    .replace("</body>", () => `<script>${script.replaceAll("</script", "<\\/script")}</script></body>`);
}

interface Setting {
  readonly width: number;
  readonly dark: boolean;
}

function visit(browser: string, text: string, { width, dark }: Setting): unknown {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  try {
    writeFileSync(join(folder, "page.html"), text);
    const { stdout } = spawnSync(
      browser,
      [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--timeout=20000",
        "--dump-dom",
        `--user-data-dir=${join(folder, "profile")}`,
        `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
        `--window-size=${width},900`,
        `file://${join(folder, "page.html")}`,
      ],
      { encoding: "utf8", maxBuffer: 64 * 1_024 * 1_024, timeout: 50_000 },
    );
    const found = /FOUND([^]*)END/.exec(stdout)?.[1];
    return found === undefined ? "the browser gave no answer" : JSON.parse(decodeURIComponent(found));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

// A headless window is never narrower than 500 px.
it.for([
  ["report", 1280, false],
  ["certification", 1280, true],
  ["performance", 500, false],
  ["swarm", 500, true],
] as const)("axe finds nothing on the %s page at %i px, dark: %s", ([page, width, dark], { skip }) => {
  const [browser, axe] = [findBrowser(), findAxe()];
  if (browser === null) return skip("no Chromium on this machine");
  if (axe === null) return skip("axe-core is not installed");
  const reports = renderReports(page === "report" ? refusedDocument : conditionalDocument);
  const found = visit(browser, instrumented(reports[`${page}.html`], axe), { width, dark });
  expect(found).toEqual({ overflow: 0, width, dark, violations: [] });
});
