// Runs the writers, kills some at moments that the seed chooses, and starts each anew a little before the place it had
// reached, as a broker's stream does after a disconnect: what was acknowledged may come again, nothing is left out.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { packageFolder } from "../../src/host/package-folder.ts";
import { createInterface } from "node:readline";
import { invariant } from "../../src/contracts/invariant.ts";
import { seededRandom } from "../../src/host/random.ts";
import { deliveriesTo, type Plan } from "./plan.ts";

export interface CrewOptions {
  readonly plan: Plan;
  readonly path: string;
  readonly kills: number;
  readonly progress: (acknowledged: number, of: number) => void;
}

export interface CrewReport {
  readonly deliveries: number;
  /** More than `deliveries` by what was told again after kills. */
  readonly acknowledged: number;
  readonly booked: number;
  readonly kills: number;
}

/** Deliveries that a writer is told again after its death. */
const overlap = 100;

export async function runCrew({ plan, path, kills, progress }: CrewOptions): Promise<CrewReport> {
  const random = seededRandom(plan.seed ^ 0x5eed);
  const lengths = Array.from({ length: plan.writers }, (_, writer) => deliveriesTo(plan, writer).length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const moments = Array.from({ length: kills }, () => Math.floor(random.next() * total * 0.95)).sort((a, b) => a - b);
  const alive = new Map<number, ChildProcess>();
  let [acknowledged, booked, killed] = [0, 0, 0];
  const killOne = (): void => {
    const candidates = [...alive.keys()].filter((writer) => alive.get(writer)?.killed === false);
    const victim = candidates[Math.floor(random.next() * candidates.length)];
    if (victim === undefined) return;
    alive.get(victim)?.kill("SIGKILL");
    killed += 1;
  };
  const live = async (writer: number): Promise<void> => {
    let reached = 0;
    for (let lives = 0; lives <= kills; lives += 1) {
      let [at, bookedHere] = [Math.max(0, reached - overlap), 0];
      const child = startWriter(path, plan, writer, at);
      alive.set(writer, child);
      const closed = once(child, "close");
      for await (const line of createInterface({ input: child.stdout })) {
        const [to = 0, sum = 0] = line.split(" ").map(Number);
        acknowledged += to - at;
        booked += sum - bookedHere;
        [at, bookedHere, reached] = [to, sum, to];
        progress(acknowledged, total);
        if (acknowledged >= (moments[killed] ?? Infinity)) killOne();
      }
      const [code] = await closed;
      alive.delete(writer);
      if (code === 0) return;
      invariant(child.killed, `writer ${writer} fails only when it is killed`);
    }
  };
  try {
    await Promise.all(lengths.map((_, writer) => live(writer)));
  } finally {
    for (const child of alive.values()) child.kill("SIGKILL");
  }
  return { deliveries: total, acknowledged, booked, kills: killed };
}

function startWriter(path: string, { fills, writers, seed }: Plan, writer: number, from: number) {
  const program = packageFolder("dist/bench/ledger/writer.js");
  const numbers = [fills, writers, seed, writer, from].map(String);
  return spawn(process.execPath, [program, path, ...numbers], { stdio: ["ignore", "pipe", "inherit"] });
}
