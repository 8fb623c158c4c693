import { expect, it } from "vitest";
import { isWithin, parseCensus } from "../../../src/sandboxes/reset/baseline.ts";

const digest = (letter: string): string => letter.repeat(64);
const census = (lines: Record<string, string> = {}): string => {
  const told = { processes: "1:10 2:20 ", rest: digest("a"), scratch: digest("b"), kernel: digest("c"), ...lines };
  return ["n1 begin", ...Object.entries(told).map(([name, value]) => `${name} ${value}`), "n1 end", ""].join("\n");
};

it("reads a whole census of its nonce", () => {
  const told = { processes: "1:10 2:20", rest: digest("a"), scratch: digest("b"), kernel: digest("c") };
  expect(parseCensus(census(), "n1")).toEqual({ ...told, pack: null });
  expect(parseCensus(census({ pack: "H4s=" }), "n1")).toEqual({ ...told, pack: "H4s=" });
});

it.each([
  ["of another nonce", census(), "n2", "its census is not whole"],
  ["that broke off", census().slice(0, -8), "n1", "its census is not whole"],
  ["after other words", `x\n${census()}`, "n1", "its census is not whole"],
  ["that is empty", "", "n1", "its census is not whole"],
  ["without a digest", census({ rest: "" }), "n1", "does not tell the rest"],
  ["with a digest that is none", census({ kernel: "-" }), "n1", "does not tell the kernel"],
  ["without processes", census({ processes: "" }), "n1", "does not tell the processes"],
])("refuses a census %s", (_what, text, nonce, sentence) => {
  expect(() => parseCensus(text, nonce)).toThrow(sentence);
  expect(() => parseCensus(text, nonce)).toThrow("[sandbox.unclean]");
});

it("a process may be missing, but none may be new, nor an old pid with another start", () => {
  expect(isWithin("1:10", "1:10 2:20")).toBe(true);
  expect(isWithin("1:10 3:30", "1:10 2:20")).toBe(false);
  expect(isWithin("1:10 2:21", "1:10 2:20")).toBe(false);
});
