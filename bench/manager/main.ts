// Measures what each switch of the manager saves, over a real local server in a process of its own: interleaved, in pairs, with
// bounds, priced on every shipped price list. Records and prints; a saving is what it measures, a loss too.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { listPriceLists, readPriceList } from "../../src/costs/read-price-list.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { Target } from "../../src/contracts/target.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { realEnv } from "../../src/host/env.ts";
import { systemRandom } from "../../src/host/random.ts";
import { ensureLocalServer, stopLocalServer } from "../../src/local/daemon.ts";
import { keepNumbers, runProgram, say } from "../report/program.ts";
import { armNames, settingsOf, turnOf, type ArmName } from "./arms.ts";
import { compareArms, fewestPairs, metricsFor, type Comparison, type HalfBlock, type Row } from "./compare-arms.ts";
import { countCalls } from "./count-calls.ts";
import { plainHalf, readEarlier } from "./read-earlier.ts";
import { readSettings } from "./settings.ts";
import { day, workDay, type Observation, type Workplace } from "./work-day.ts";

/** Half blocks at most, however fast the machine is. */
const maxHalves = 40;

async function main(): Promise<void> {
  const { seconds, seed, out, more } = readSettings(process.argv.slice(2));
  const earlier = more && out !== null ? readEarlier(out, day) : [];
  const folder = mkdtempSync("/tmp/e2bb-");
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, "t"), { mode: 0o711 });
  chmodSync(join(folder, "t"), 0o711);
  const options = { env: { ...realEnv, E2B_SWARM_HOME: join(folder, "home"), TMPDIR: join(folder, "t") } };
  const calls = countCalls();
  const loadBefore = loadavg();
  try {
    const { url, apiKey, isolation } = await ensureLocalServer(options);
    const target: Target = { kind: "local", url, apiKey, isolation };
    const { halves: taken, broken } = await observe(
      { target, clock, random: systemRandom, calls: () => calls.count() },
      seconds,
    );
    const halves = [...earlier, ...taken];
    const lists = listPriceLists().map((id) => readPriceList(id));
    const compared = compareArms(halves, metricsFor(lists, day), seed);
    print(compared, halves.length, loadBefore);
    for (const sentence of broken) say(`a half block was broken off and counts nowhere: ${sentence}`);
    const prices = lists.map(({ id, asOf, sha256 }) => ({ id, asOf, sha256 }));
    const observations = halves.map(plainHalf);
    if (out !== null)
      keepNumbers(out, clock, {
        day,
        seed,
        prices,
        loadBefore,
        loadAfter: loadavg(),
        broken,
        ...compared,
        observations,
      });
  } finally {
    calls.close();
    await stopLocalServer(options);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Half blocks until the time is up; the first day of all builds the template's variant and warms the code, and counts nowhere. */
async function observe(place: Workplace, seconds: number): Promise<Observed> {
  await workDay(place, settingsOf("all", day), day);
  const beganNs = clock.monotonicNs();
  const isLate = (): boolean => clock.monotonicNs() - beganNs > BigInt(seconds) * 1_000_000_000n;
  const halves: HalfBlock[] = [];
  const broken: string[] = [];
  for (let turn = 0; turn < maxHalves && !isLate(); turn++) {
    const half = new Map<ArmName, Observation>();
    try {
      for (const arm of turnOf(turn)) half.set(arm, await workDay(place, settingsOf(arm, day), day));
      halves.push(half);
    } catch (thrown) {
      broken.push(SwarmError.from(thrown).message);
    }
  }
  return { halves, broken };
}

interface Observed {
  readonly halves: readonly HalfBlock[];
  /** Why a half block ended early. On a machine so slow that used sandboxes count as idle, the day itself is not the same. */
  readonly broken: readonly string[];
}

function print({ rows, void: unreadable }: Comparison, pairs: number, load: readonly number[]): void {
  say(
    `${pairs} pairs of each arm, load ${load.map((one) => one.toFixed(1)).join(" ")}; differences are medians of pairs, 95 % bootstrap`,
  );
  if (unreadable === null)
    say(`the control is undecided: it needs ${fewestPairs.control} pairs. Nothing here is certain.`);
  for (const metric of new Set(rows.map((row) => row.metric))) {
    const own = rows.filter((row) => row.metric === metric);
    const [first] = own;
    if (first === undefined) continue;
    const control = unreadable?.includes(metric) === true ? "  VOID: the same settings differ from themselves" : "";
    say(`\n${metric}${first.unit === "" ? "" : `, ${first.unit}`}: off ${shown(first.off)}${control}`);
    for (const row of own) say(lineOf(row));
  }
  say(
    `\narms: ${armNames.join(", ")}. A saving is of this work, with its ${day.rounds} rounds and its one forgotten sandbox.`,
  );
}

function lineOf({ arm, value, difference, interval, savedPct, savedPctInterval }: Row): string {
  const bounds = (ends: readonly [number, number] | null): string =>
    ends === null ? "[too few pairs]" : `[${shown(ends[0])}, ${shown(ends[1])}]`;
  const saved = `saved ${shown(savedPct)} % ${bounds(savedPctInterval)}`;
  return `  ${arm.padEnd(16)}${shown(value).padStart(10)}  ${shown(difference).padStart(9)} ${bounds(interval).padEnd(22)} ${saved}`;
}

function shown(value: number): string {
  const rounded = Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 3);
  return Number(rounded) === 0 ? "0" : rounded;
}

runProgram(main);
