// Templates hold no figure and decide nothing; a member or a helper that is missing throws instead of printing nothing.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { expect, it } from "vitest";
import { complete } from "../../../harness/render/view/complete.ts";

const folder = join(import.meta.dirname, "../../../templates");
const templates = readdirSync(folder).filter((name) => name.endsWith(".hbs"));
const holdsDigit = (bytes: Buffer): boolean => bytes.some((byte) => byte >= 0x30 && byte <= 0x39);

it("holds not one digit in any template", () => {
  expect(templates.length).toBeGreaterThan(7);
  expect(templates.filter((name) => holdsDigit(readFileSync(join(folder, name))))).toEqual([]);
  expect(holdsDigit(Buffer.from("planted 1"))).toBe(true);
});

it("uses no raw output, lookup, comment or inline partial", () => {
  for (const name of templates)
    expect(readFileSync(join(folder, name), "utf8")).not.toMatch(/\{\{\{|\{\{&|\{\{!|\{\{#\*|lookup|\{\{log/);
});

it("throws on a member that the view does not have, even inside if and each", () => {
  const print = (source: string): string =>
    Handlebars.compile(source, { strict: true, knownHelpersOnly: true })(complete({ here: { a: "x" } }));
  expect(print("{{#if here}}{{here.a}}{{/if}}")).toBe("x");
  expect(() => print("{{#if gone}}x{{/if}}")).toThrow('The template reads "view.gone", which the view does not have');
  expect(() => print("{{#each here.gone}}x{{/each}}")).toThrow(
    'The template reads "view.here.gone", which the view does not have',
  );
  expect(() => print("{{here.gone}}")).toThrow('"gone" not defined');
});
