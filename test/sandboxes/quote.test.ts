import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { collectUpTo } from "../../src/sandboxes/collect.ts";
import { commandLine } from "../../src/sandboxes/quote.ts";

it("passes arguments through bash unchanged", () => {
  const word = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const line = commandLine("printf", ["%s\\0", "first", ...words]);
      const out = execFileSync("bash", ["-c", line], { encoding: "utf8" });
      expect(out.split("\0").slice(1, -1)).toEqual(words);
    }),
    { numRuns: 40 },
  );
});

it("leaves a shell line alone, and refuses what no process can take", () => {
  expect(commandLine("echo $HOME | wc")).toBe("echo $HOME | wc");
  expect(() => commandLine("echo", ["a\0b"])).toThrow(
    "[usage.invalid] Cannot run a command that holds a NUL character",
  );
  expect(() => commandLine("echo", ["x".repeat(120_000)])).toThrow("at most 120000 are possible");
});

it("says what it dropped of a stream", () => {
  const collected = collectUpTo(5);
  collected.add("abc");
  collected.add("défg");
  collected.add("h");
  expect(collected.text()).toBe("abcd\uFFFD\n[4 more bytes were dropped at the limit of 5]\n");
  const whole = collectUpTo(5);
  whole.add("abcde");
  expect(whole.text()).toBe("abcde");
});
