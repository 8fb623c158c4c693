import { expect, test } from "vitest";
import { jsonSchema } from "../../src/contracts/parse.ts";
import { commandSpecs } from "../../src/doors/cli/commands/command-specs.ts";
import { propertyNames } from "../../src/doors/wire-names.ts";
import { drive } from "./cli/drive.ts";

/** Commands of a help page: two spaces, a name, its words, then two spaces and a text. */
function listed(help: string): string[] {
  const names: string[] = [];
  for (const section of help.split("\n\n")) {
    const [title = "", ...lines] = section.split("\n");
    if (!/^[A-Z][a-z]+:$/.test(title) || ["Options:", "Environment:"].includes(title)) continue;
    for (const line of lines) {
      const name = /^ {2}([a-z]+)\b/.exec(line)?.[1];
      if (name !== undefined && !/^ {2}\d/.test(line)) names.push(name);
    }
  }
  return names;
}

test("the main help lists exactly the commands, in order, and help itself", async () => {
  const { stdout } = await drive(["--help"]);
  const words = new Set(commandSpecs.map(({ name }) => name.split(" ")[0]));
  expect(listed(stdout)).toEqual([...words, "help"]);
});

test("an option that names a field names one its operation has", () => {
  let fields = 0;
  const besideTheSchema = new Set(["passExitCode", "words", "interval", "duration", "once"]);
  for (const spec of commandSpecs) {
    if (spec.schema === undefined || spec.name === "execute") continue;
    const known = propertyNames(jsonSchema(spec.schema));
    for (const { key } of [...spec.options, ...spec.operands]) {
      if (besideTheSchema.has(key)) continue;
      expect(known, `${spec.name} ${key}`).toContain(key);
      fields += 1;
    }
  }
  expect(fields).toBeGreaterThan(20);
});

test("defaults in help are those of the schemas", async () => {
  const { stdout } = await drive(["create", "--help"]);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("how many, created in parallel (default: 1)");
});
