// What happens while a page is open: an event reaches it at once, a server that was killed is followed by the next without a gap,
// and pages of somebody else come to nothing.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decides, plantRecord, plantSwarm, say, serve, swarmA, type Planted, type Served } from "../plant.ts";
import { noBrowser, openBrowser, type Browser, type Page } from "./chromium.ts";

/** A name that leads here, as a name server of somebody else can make any name do. */
const foreignName = "evil.example";
const token = "operate-".repeat(5);

describe.skipIf(noBrowser !== null)(`in Chromium${noBrowser === null ? "" : ` (left out: ${noBrowser})`}`, () => {
  let planted: Planted;
  let server: Served;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => (browser = await openBrowser([foreignName])));
  afterAll(() => browser.close());
  beforeEach(async () => {
    planted = await plantRecord();
    await plantSwarm(planted.store, swarmA);
    server = await serve(planted);
    page = await browser.open();
    await page.look({ width: 1280 });
  });
  afterEach(async () => {
    await page.close();
    await server.close();
    await planted.remove();
  });
  const live = `document.querySelector("#link").textContent === "Live"`;

  test("an event is on the page soon after it was written: status, decisions with ballots, faults", async () => {
    await page.goto(server.origin);
    await page.until(live);
    await say(planted.store, swarmA, 3, 77);
    // A bound for any machine, however busy: no statement about speed.
    await page.until(`/^Open\\s+77\\s/.test(document.querySelector("#tasks").innerText)`, 10_000);
    await decides(planted.store, swarmA, "vote_9", "TSLA");
    await page.until(`document.querySelector("#vote_9")`, 10_000);
    const words = await page.evaluate<string>(`document.querySelector("#vote_9").textContent`);
    for (const part of ["TSLA: buy", "agent-1-0", "0.500"]) expect(words).toContain(part);
    expect(await page.evaluate(`document.querySelector("#faults").innerText`)).toMatch(/Detected\s+3\s+Recovered\s+2/);
  });

  test("a server that goes and comes again: the page resumes by itself, without a gap and without a double", async () => {
    await page.goto(server.origin);
    await page.evaluate(`window.told = [];
      window.other = new EventSource("/api/events?swarm=${swarmA}");
      for (const kind of ["decision", "gap"]) other.addEventListener(kind, ({ data }) => told.push(JSON.parse(data).task_id ?? "gap"));
      0`);
    await page.until(`${live} && other.readyState === 1`);
    for (const n of [1, 2, 3]) await decides(planted.store, swarmA, `vote_${n}`);
    await page.until("told.length === 3");
    const { port } = new URL(server.origin);
    await server.close();
    await page.until(`!(${live})`);
    for (const n of [4, 5]) await decides(planted.store, swarmA, `vote_${n}`);
    server = await serve(planted, { port: Number(port) });
    await page.until(live);
    await decides(planted.store, swarmA, "vote_6");
    await page.until(`told.length >= 6 && document.querySelector("#vote_6") && document.querySelector("#vote_4")`);
    expect(await page.evaluate("told")).toEqual(["vote_1", "vote_2", "vote_3", "vote_4", "vote_5", "vote_6"]);
  });

  test("DNS rebinding: a page under a foreign name that leads here is refused, and sees nothing", async () => {
    const { port } = new URL(server.origin);
    expect(await page.goto(`http://${foreignName}:${port}/`)).toBe(403);
    expect(await page.evaluate<string>("document.body.innerText")).not.toContain(swarmA);
  });

  test("cross-origin: a page of another port can neither read, follow, frame, post nor run anything of it", async () => {
    const site: Server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>other</title><body>");
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", () => resolve()));
    try {
      await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
      expect(await page.evaluate<Record<string, string>>(attempts(server.origin))).toEqual({
        read: "blocked",
        follow: "blocked",
        script: "blocked",
        frame: "blocked",
        post: "opaque",
      });
      // What could be sent was refused: no swarm has changed, and the one who asked without reading was told so.
      expect((await (await fetch(`${server.origin}/metrics`)).text()).split("\n")).toContain(
        'e2b_swarm_http_requests_total{route="operation",status="403"} 1',
      );
    } finally {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    }
  });

  test("without a token there is the form alone; with it the page, and the token is not in its address", async () => {
    await server.close();
    server = await serve(planted, { token });
    await page.goto(server.origin);
    expect(await page.evaluate("location.pathname")).toBe("/login");
    expect(await page.evaluate<string>("document.body.innerText")).not.toContain(swarmA);
    await page.evaluate(`document.querySelector("#token").focus()`);
    await page.type(token);
    await page.press("Enter");
    await page.until(`document.querySelector("#link") && ${live}`);
    expect(await page.evaluate("location.href")).toBe(`${server.origin}/`);
    expect(await page.evaluate("document.cookie")).toBe("");
    await page.evaluate(`document.querySelector("header button").click()`);
    await page.until(`location.pathname === "/login"`);
    await page.goto(server.origin);
    expect(await page.evaluate("location.pathname")).toBe("/login");
    expect(page.complaints()).toEqual([]);
  });
});

/** Everything a page of another origin can try, by name, and what came of it. */
function attempts(origin: string): string {
  const made = (tag: string, more: string): string => `new Promise((resolve) => {
    const one = Object.assign(document.createElement("${tag}"), ${more});
    one.onload = () => resolve("loaded");
    one.onerror = () => resolve("blocked");
    document.body.append(one);
  })`;
  return `(async () => ({
    read: await fetch("${origin}/api/swarms").then(() => "read", () => "blocked"),
    follow: await new Promise((resolve) => {
      const stream = new EventSource("${origin}/api/events");
      stream.onopen = () => resolve("open");
      stream.onerror = () => resolve("blocked");
    }),
    script: await ${made("script", `{ src: "${origin}/app.js" }`)},
    frame: await ${made("iframe", `{ src: "${origin}/" }`)}.then(() =>
      // A frame that was refused holds the browser's own page, of no origin that could be ours; a stranger's would too: ask its length.
      document.querySelector("iframe").contentWindow.length === 0 ? "blocked" : "framed"),
    post: await fetch("${origin}/api/operations/shutdownSwarm?confirm=yes", { method: "POST", mode: "no-cors", body: "{}" }).then(({ type }) => type),
  }))()`;
}
