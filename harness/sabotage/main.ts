// `node dist/harness/sabotage/main.js [id …]`: every planted defect, what should turn red and what did. Exits with 1 when a
// defect turned other checks red than it names, or when a healthy copy is not green where a defect is to be seen.
import { layers } from "../claims/checks.ts";
import { defects, type Defect } from "./defects.ts";
import { redChecks, redUnder } from "./plant.ts";

function say(...cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell, i) => cell.padEnd([34, 26, 26][i] ?? 0)).join(" ")}\n`);
}

async function main(wanted: readonly string[]): Promise<number> {
  const chosen: readonly Defect[] = wanted.length === 0 ? defects : defects.filter((one) => wanted.includes(one.id));
  if (chosen.length < Math.max(1, wanted.length)) {
    process.stderr.write(`Unknown defect; there are: ${defects.map((one) => one.id).join(", ")}\n`);
    return 2;
  }
  const control = await redChecks(
    layers.filter((layer) => chosen.some((one) => one.layer === layer)),
    [],
  );
  say("DEFECT", "EXPECTED RED", "RED", "");
  say("(none)", "", control.map((red) => red.id).join(" "), "");
  for (const { id, reason } of control) process.stderr.write(`without a defect ${id}: ${reason}\n`);
  const blind = chosen.filter((one) => one.expectRed.some((id) => control.some((red) => red.id === id)));
  let wrong = blind.length;
  for (const { id } of blind) process.stderr.write(`${id} cannot be seen: its check is red without it\n`);
  for (const defect of chosen) {
    const red = (await redUnder(defect, control)).join(" ");
    const expected = [...defect.expectRed].sort().join(" ");
    if (red !== expected) wrong += 1;
    say(defect.id, expected, red || "nothing", red === expected ? "as it should" : "WRONG");
  }
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
