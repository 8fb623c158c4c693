// The digits lint can say no, and knows what it may let through.
import { expect, it } from "vitest";
import { renderHtml } from "../../../harness/render/render-html.ts";
import { unclaimedDigits } from "../../../harness/render/unclaimed-digits.ts";
import { conditionalDocument } from "./sample-document.ts";

it.each([
  ["<p>99 tests</p>", ["99 tests"]],
  ["<p>&#57;</p>", ["&#57;"]],
  ["<p>٣ tests</p>", ["٣ tests"]],
  ['<a aria-label="42 claims">x</a>', ["42 claims"]],
  ['<span class="quoted">a</span> 7 <span class="quoted">b</span>', ["7"]],
  ["<p>P96 of E2B</p>", ["P96 of"]],
  ["<svg><text>5 ms</text></svg>", ["5 ms"]],
])("finds the figure in %s", (html, found) => {
  expect(unclaimedDigits(html)).toEqual(found);
});

it("finds a figure that was planted into a real page", () => {
  const html = renderHtml(conditionalDocument).replace("</main>", "<p>coverage 100 %</p></main>");
  expect(unclaimedDigits(html)).toEqual(["coverage 100 %"]);
});

it("lets names, claims, facts, recorded text, ids and dates through", () => {
  const html = [
    "E2B's SHA-256 P95 P99.9 A2 e2b-swarm Ed25519",
    '<data class="claim" value="5" data-claim="c-local.x" data-field="n">5</data>',
    '<data class="fact" value="5" data-fact="x">5</data>',
    '<span class="quoted">exit 7</span><code>v20.1</code><time datetime="2026-11-22">2026-11-22</time>',
  ];
  expect(unclaimedDigits(html.join(" "))).toEqual([]);
});
