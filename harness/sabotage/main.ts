// `node dist/harness/sabotage/main.js [id …]`: every planted defect, what should turn red and what did. Exits with 1 when a
// defect turned other checks red than it names. Each layer is also run without a defect: what is red there does not count.
import { layers } from "../claims/checks.ts";
import { defects, type Defect } from "./defects.ts";
import { redChecks, redUnder, type Red } from "./plant.ts";

function say(...cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell, i) => cell.padEnd([34, 26, 26][i] ?? 0)).join(" ")}\n`);
}

async function main(wanted: readonly string[]): Promise<number> {
  const chosen: readonly Defect[] = wanted.length === 0 ? defects : defects.filter((one) => wanted.includes(one.id));
  if (chosen.length < Math.max(1, wanted.length)) {
    process.stderr.write(`Unknown defect; there are: ${defects.map((one) => one.id).join(", ")}\n`);
    return 2;
  }
  say("DEFECT", "EXPECTED RED", "RED", "");
  let wrong = 0;
  for (const layer of layers) {
    const here = chosen.filter((one) => one.layer === layer);
    // The same layer alone without a defect: what is red there is red for lack of the benchmark or of the other layers.
    const control = here.length === 0 ? [] : await redChecks([layer], []);
    for (const { id, reason } of control) process.stderr.write(`without a defect ${id}: ${reason.slice(0, 200)}\n`);
    for (const defect of here) wrong += (await tryOne(defect, control)) ? 0 : 1;
  }
  return wrong === 0 ? 0 : 1;
}

/** True when exactly the checks it names turned red. */
async function tryOne(defect: Defect, control: readonly Red[]): Promise<boolean> {
  const red = (await redUnder(defect, control)).join(" ");
  const expected = [...defect.expectRed].sort().join(" ");
  say(defect.id, expected, red === "" ? "nothing" : red, red === expected ? "as it should" : "WRONG");
  return red === expected;
}

process.exitCode = await main(process.argv.slice(2));
