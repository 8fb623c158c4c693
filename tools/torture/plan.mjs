// What one run of the torture does, from its seed alone: what the server is busy with, whom the signal meets, and when.

export const phases = ["start", "idle", "create", "burst", "run", "pause", "snapshot", "kill", "stop"];
/** Weights: the server itself most often; its janitor alone and together with it; everything between. */
const victims = [
  ["server", 10],
  ["monitor", 3],
  ["inner", 2],
  ["agent", 3],
  ["worker", 2],
  ["janitor", 1],
  ["janitor and server", 2],
  ["all monitors and server", 1],
];

/** Longest wait before the signal, ms: starting takes longest. */
const delayMs = { start: 350, idle: 200, create: 60, burst: 150, run: 60, pause: 40, snapshot: 60, kill: 20, stop: 60 };

export function planRun(random) {
  const phase = phases[Math.floor(random.next() * phases.length)];
  return {
    phase,
    victim: pick(random),
    // Short waits more often than long ones: most windows lie at the beginning.
    delayMs: delayMs[phase] * random.next() ** 2,
    spares: Math.floor(random.next() * 3),
    size: 2 + Math.floor(random.next() * 5),
    /** How a server that outlived its child is ended. */
    ending: random.next() < 0.5 ? "stop" : "kill -9",
    strays: random.next() < 0.3,
  };
}

function pick(random) {
  const all = victims.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * all;
  for (const [name, weight] of victims) {
    left -= weight;
    if (left < 0) return name;
  }
  return "server";
}
