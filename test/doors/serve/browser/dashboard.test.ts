// The dashboard in a real browser: widths, schemes, axe, keyboard, stillness, no script, and that nothing is fetched from elsewhere.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decides, plantRecord, plantSwarm, serve, swarmA, swarmB, type Planted, type Served } from "../plant.ts";
import { noAxe, runAxe } from "./axe.ts";
import { noBrowser, openBrowser, type Browser, type Page } from "./chromium.ts";

/** Pictures for a person to look at. */
const pictures = process.env.DASHBOARD_PICTURES;
const widths = [320, 390, 768, 1280] as const;
const schemes = ["light", "dark"] as const;
const looks = widths.flatMap((width) => schemes.map((scheme) => ({ width, scheme })));

describe.skipIf(noBrowser !== null)(`in Chromium${noBrowser === null ? "" : ` (left out: ${noBrowser})`}`, () => {
  let planted: Planted;
  let server: Served;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    planted = await plantRecord();
    await plantSwarm(planted.store, swarmB, { led: false, agents: 2 });
    await plantSwarm(planted.store, swarmA, { topology: "star", agents: 5 });
    for (const n of [1, 2]) await decides(planted.store, swarmA, `vote_${n}`, n === 1 ? "AAPL" : "MSFT");
    server = await serve(planted);
    browser = await openBrowser();
    page = await browser.open();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await planted.remove();
  });

  const shown = async (look: (typeof looks)[number]): Promise<void> => {
    await page.look(look);
    expect(await page.goto(`${server.origin}/?swarm=${swarmA}`)).toBe(200);
    await page.until(`document.querySelector("#link").textContent === "Live"`);
  };

  test.each(looks)(
    "at $width px, $scheme: nothing runs out of the page, and nothing is complained about",
    async (look) => {
      await shown(look);
      // The bar of a desktop's page takes a part of its width.
      expect(await page.evaluate("innerWidth")).toBe(look.width);
      const { scrollWidth, clientWidth } = await page.evaluate<Element>(widthsOfPage);
      expect(scrollWidth).toBe(clientWidth);
      expect(await page.evaluate<string[]>(outside)).toEqual([]);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
        look.scheme === "dark" ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)",
      );
      expect(page.complaints()).toEqual([]);
      if (pictures === undefined) return;
      mkdirSync(pictures, { recursive: true });
      writeFileSync(join(pictures, `${look.width}-${look.scheme}.png`), await page.picture());
    },
  );

  test.skipIf(noAxe !== null)(`axe finds nothing${noAxe === null ? "" : ` (left out: ${noAxe})`}`, async () => {
    await shown({ width: 1280, scheme: "light" });
    await page.evaluate(`for (const one of document.querySelectorAll("details")) one.open = true`);
    for (const look of [looks[6], looks[7], looks[3]]) {
      if (look !== undefined) await page.look(look);
      const { found, passed } = await runAxe(page);
      expect([look, found]).toEqual([look, []]);
      expect(passed).toBeGreaterThan(20);
    }
    // It can say no.
    await page.evaluate(`document.querySelector("th a").innerHTML = "<img src='data:,'>"`);
    expect((await runAxe(page)).found.join()).toMatch(/image-alt|link-name/);
  });

  test("everything can be reached and worked by the keyboard, and where it is can be seen", async () => {
    await shown({ width: 1280, scheme: "light" });
    const wanted = await page.evaluate<number>(`${reachable}.length`);
    expect(wanted).toBeGreaterThan(6);
    const reached = new Set<string>();
    for (let n = 0; n < wanted; n += 1) {
      await page.press("Tab");
      const at = await page.evaluate<string>(focused);
      expect(at).toMatch(/^\d+ solid 3px$/);
      reached.add(at);
    }
    expect(reached.size).toBe(wanted);
    await page.evaluate(`document.querySelector("#vote_1 > summary").focus()`);
    await page.press("Enter");
    expect(await page.evaluate(`document.querySelector("#vote_1").open`)).toBe(true);
    // What comes later leaves what was opened open, and the focus where it was.
    await decides(planted.store, swarmA, "vote_3", "AMZN");
    await page.until(`document.querySelector("#vote_3")`);
    expect(await page.evaluate(`document.querySelector("#vote_1").open`)).toBe(true);
    expect(await page.evaluate(`document.activeElement.parentElement.id`)).toBe("vote_1");
  });

  test("nothing moves, asked to be still or not", async () => {
    for (const stillness of [true, false]) {
      await page.look({ width: 390, stillness });
      await page.goto(server.origin);
      expect(await page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")).toBe(stillness);
      expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    }
  });

  test("without script the page says everything, and nothing was ever asked of anybody else", async () => {
    await page.withScripts(false);
    await page.goto(`${server.origin}/?swarm=${swarmA}`);
    const text = await page.evaluate<string>("document.body.innerText");
    await page.withScripts(true);
    for (const part of ["agent-1-4", "Cost against budget", "of $5.0000 a day", "Given up", "AAPL: buy"])
      expect(text).toContain(part);
    const elsewhere = page.requests.filter((url) => !url.startsWith(server.origin) && url !== "data:,");
    expect([elsewhere, page.requests.length > 20]).toEqual([[], true]);
  });
});

const reachable = `[...document.querySelectorAll("a[href], summary, button, input, [tabindex='0']")].filter((one) => one.checkVisibility())`;
/** Which of them has the focus, and the line around it. */
const focused = `((one) => ${reachable}.indexOf(one) + " " + getComputedStyle(one).outlineStyle + " " + getComputedStyle(one).outlineWidth)(document.activeElement)`;
const widthsOfPage = "(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)";

/** What is wider than the place it is in, but for regions that scroll. */
const outside = `[...document.querySelectorAll("body *")]
  .filter((one) => one.closest(".scroll") === null && one.closest("svg") === null && one.getBoundingClientRect().right > innerWidth + 0.5)
  .map((one) => one.outerHTML.slice(0, 80))`;
