// Recorded text cannot break out of a Markdown table, list or code span.
import { expect, it } from "vitest";
import { markdownText } from "../../../../harness/render/text/markdown-text.ts";
import { id, quoted } from "../../../../harness/render/text/text.ts";

it("escapes what Markdown would read", () => {
  expect(markdownText([quoted("a|b\n# c `d` [e](f) <g> *h* &amp;")])).toBe(
    "a\\|b \\# c \\`d\\` \\[e\\](f) &lt;g&gt; \\*h\\* &amp;amp;",
  );
  expect(markdownText([id("a`b``c|d")])).toBe("``` a`b``c¦d ```");
});
