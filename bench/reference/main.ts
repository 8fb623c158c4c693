// `npm run reference`: compares every listed result of other engines with ours and says which agree. Options: --folder with an
// index.json (default: the frozen copies), --data NAME=file.csv for prices that are not shipped. Exit 1 unless all agree.
import { parseArgs } from "node:util";
import { packageFolder } from "../../src/host/package-folder.ts";
import { checkReference, type Result } from "./check-reference.ts";
import { openDataSets } from "./data-sets.ts";

const shownDifferences = 10;

const { values } = parseArgs({
  options: { folder: { type: "string" }, data: { type: "string", multiple: true } },
});
const folder = values.folder ?? packageFolder("fixtures", "reference");
const given = Object.fromEntries(
  (values.data ?? []).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  }),
);
const results = checkReference(folder, openDataSets(given));
process.stdout.write(`${results.map((result) => lines(result)).join("\n")}\n`);
process.exitCode = results.length > 0 && results.every(({ outcome }) => outcome === "agrees") ? 0 : 1;

function lines(result: Result): string {
  switch (result.outcome) {
    case "agrees":
      return `agrees   ${result.file} (${result.compared} values)`;
    case "NOT_RUN":
      return `NOT_RUN  ${result.file}: ${result.reason}`;
    case "differs": {
      const more = result.differences.length - shownDifferences;
      const shown = result.differences.slice(0, shownDifferences).map((difference) => `         ${difference}`);
      return [`differs  ${result.file}`, ...shown, ...(more > 0 ? [`         and ${more} more`] : [])].join("\n");
    }
  }
}
