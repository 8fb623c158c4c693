// One run: virtual time from the first agent to the last open task. Between two ticks happenings run in order of their time;
// at a tick the beats arrive, tasks are offered, and the coordinator looks at its deadlines.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { SimulationSettings } from "./settings.ts";
import { step, takeLease } from "./world/coordinators.ts";
import { scheduleFaults } from "./world/faults.ts";
import { capabilityNames } from "./world/agent.ts";
import { bill } from "./world/lives.ts";
import { arrive } from "./world/messages.ts";
import { perform } from "./world/perform.ts";
import { listening, openWorld, realCore, type SwarmCore, type World } from "./world/world.ts";

export interface RunOptions {
  readonly settings: SimulationSettings;
  /** Replays this run; printed when it fails. */
  readonly command: string;
  /** Lets others have the processor now and then, and throws when the run is to stop. Default: never. */
  readonly breathe?: () => Promise<void>;
  /** A broken core, given by a test. */
  readonly core?: SwarmCore;
}

/** Time to join before the first task is offered, and to finish after the last, virtual ms. */
const settleMs = 20_000;
const drainMs = 1_800_000;
const breatheEveryTicks = 500;

/** The world after the run. Throws `simulation.violated` with the replaying command when a law is broken. */
export async function runSimulation({ settings, command, breathe, core = realCore }: RunOptions): Promise<World> {
  const world = openWorld(settings, core, perform);
  const { tickMs } = world.policy;
  const closesMs = settleMs + settings.hours * 3_600_000;
  takeLease(world);
  scheduleFaults(world, closesMs);
  for (let ticks = 0; ; ticks += 1) {
    const atMs = ticks * tickMs;
    happenUntil(world, atMs, command);
    tick(world, atMs, closesMs);
    judge(world, command);
    if (breathe !== undefined && ticks % breatheEveryTicks === 0) await breathe();
    if (atMs > closesMs && (isQuiet(world) || atMs > closesMs + drainMs)) break;
  }
  for (const agent of world.agents.values()) bill(world, agent);
  world.auditor.end();
  judge(world, command);
  return world;
}

/** Nothing is owed to anybody any more. */
function isQuiet({ source, leader }: World): boolean {
  return source.pending() === 0 && leader?.alive === true;
}

function happenUntil(world: World, atMs: number, command: string): void {
  const { queue, tally } = world;
  while (queue.nextMs() <= atMs) {
    world.nowMs = queue.nextMs();
    const happening = queue.pop();
    if (happening === undefined) return;
    tally.happenings += 1;
    if (happening.kind === "work") arrive(world, happening);
    else happening.run();
    judge(world, command);
  }
}

function tick(world: World, atMs: number, closesMs: number): void {
  world.nowMs = atMs;
  const leader = listening(world);
  if (leader === null) return;
  step(world, leader, { kind: "beats", except: missing(world) });
  const isOpen = atMs >= settleMs && atMs < closesMs;
  if (atMs >= settleMs) {
    for (const taskId of world.source.due(atMs, isOpen)) {
      step(world, leader, { kind: "offered", taskId, capability: capabilityOf(taskId), vote: false });
    }
  } else world.source.due(atMs, false);
  if (isOpen && atMs % world.settings.voteEveryMs === 0) {
    world.tally.votes.asked += 1;
    step(world, leader, { kind: "offered", taskId: `v${atMs}`, capability: null, vote: true });
  }
  step(world, leader, { kind: "tick" });
  const serving = world.inService.length;
  world.tally.most = Math.max(world.tally.most, serving);
  if (atMs >= settleMs) world.tally.least = Math.min(world.tally.least, serving);
}

/** Who does not beat now: dead, still or cut off, and a few whose beat was lost on the way. */
function missing(world: World): readonly string[] {
  const { muted, inService, random, settings, tally } = world;
  const ids: string[] = [];
  for (const agent of muted) {
    agent.missedBeat = true;
    ids.push(agent.id);
  }
  const lost = inService.length * settings.faults.beatDrop;
  for (let left = Math.floor(lost + random.next()); left > 0; left -= 1) {
    const agent = inService[Math.floor(random.next() * inService.length)];
    if (agent !== undefined && !muted.has(agent)) ids.push(agent.id);
  }
  tally.beats += inService.length - ids.length;
  return ids;
}

function capabilityOf(taskId: string): string {
  const last = taskId.codePointAt(taskId.length - 1) ?? 0;
  return capabilityNames[last % capabilityNames.length] ?? capabilityNames[0];
}

function judge({ auditor, settings, nowMs }: World, command: string): void {
  const violation = auditor.violation();
  if (violation === null) return;
  throw new SwarmError(
    "simulation.violated",
    `Seed ${settings.seed} breaks the law that ${violation.law}: ${violation.sentence} (virtual ms ${nowMs})`,
    { hint: `Replay it with: ${command}`, details: { seed: settings.seed, law: violation.law, virtualMs: nowMs } },
  );
}
