// Sandboxes arrive on schedule, whatever became of earlier ones. In each an agent of the reference swarm is started and asked,
// a command hashes a fresh nonce with the sandbox's own id, its state is asked; five of them vote five times; then they end.
// One operation of each kind per sandbox, so that samples are independent; the votes of one swarm are one cluster.
import { createHash } from "node:crypto";
import type { Crew } from "../src/backend/crew.ts";
import { windowAt, type View } from "../src/backend/market-view.ts";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import { makeId } from "../src/host/ids.ts";
import { systemRandom } from "../src/host/random.ts";
import { referenceSwarm, type ReferenceAgent } from "../src/swarm/reference-swarm.ts";
import { watchUse } from "./coordinator-use.ts";
import { closeGauges, openGauge } from "./gauges.ts";
import { drop, measure, now, type Gauge } from "./schedule.ts";
import { openSessions } from "./sessions.ts";
import type { BenchCase, Setting } from "./setting.ts";

const members = referenceSwarm.length;
/** Whole swarms before the measure phase. */
const warmupSwarms = 2;
const votesPerSwarm = members;
const firstBar = 400;
/** Longest a sandbox of the benchmark may live when nobody ends it, s. */
const lifeSeconds = 300;

interface Swarm {
  readonly crew: Crew;
  readonly name: string;
  /** Its first sandbox is the i-th of the benchmark. */
  readonly first: number;
  readonly ph: "warmup" | "measure";
  readonly arrived: Set<number>;
  readonly lost: Set<number>;
  /** Resolves when the votes are over, or were dropped; then each sandbox ends in an interval of its own. */
  readonly voted: Promise<number>;
  readonly finish: () => void;
}

/** Opens its files now; `iterations` are sandboxes. */
export async function openCrewCase(setting: Setting): Promise<BenchCase> {
  const { context, shard, bench } = setting;
  const gauges = {
    create: openGauge(context, shard, "bench.sandbox.create"),
    deploy: openGauge(context, shard, "bench.agent.deploy-one"),
    message: openGauge(context, shard, "bench.swarm.message"),
    execute: openGauge(context, shard, "bench.sandbox.execute"),
    status: openGauge(context, shard, "bench.sandbox.status"),
    vote: openGauge(context, shard, "bench.swarm.vote"),
    terminate: openGauge(context, shard, "bench.sandbox.terminate"),
  };
  const sessions = openSessions(bench);
  const use = watchUse(setting);
  const days = windowAt("AAPL").tape.candles.t;
  const dayOf = (i: number): View =>
    windowAt("AAPL", new Date(days[firstBar + (i % (days.length - firstBar - 2))] ?? 0).toISOString().slice(0, 10));
  const due = { arrival: setting.timetable("arrival"), vote: setting.timetable("vote"), end: setting.timetable("end") };
  let swarm: Swarm | null = null;
  let i = 0;
  const planned = Math.ceil(setting.planned("bench.sandbox.create") / members);
  return {
    name: "sandboxes, agents and votes",
    iterations: (warmupSwarms + planned) * members,
    moreAtOnce: members,
    series: Object.values(gauges).map((gauge) => gauge.series),
    async close() {
      // A run that is cut short leaves a swarm without all its members: nobody waits for a vote of theirs.
      if (i % members !== 0) swarm?.finish();
      await sessions.ended();
      use.close();
      closeGauges(gauges);
    },
    async next() {
      const at = i % members;
      if (at === 0 || swarm === null) swarm = await assemble(setting, i);
      const row = referenceSwarm[at];
      if (row === undefined) throw new Error("Invariant broken: every arrival has a place in the swarm");
      const sch = setting.firstTick + due.arrival(i);
      const stay: Stay = {
        setting,
        gauges,
        due,
        swarm,
        row,
        at,
        sch,
        view: dayOf(i),
        dayOf: (vote) => dayOf(i + vote),
      };
      i += 1;
      const started = await sessions.launch(sch, () => live(stay));
      if (!started) lose(stay, ["create", "deploy", ...afterDeploy]);
    },
  };
}

async function assemble({ bench, backend }: Setting, first: number): Promise<Swarm> {
  const number = Math.floor(first / members);
  const name = `${bench.events.shard}-swarm-${number}`;
  let finish = (): void => undefined;
  const voted = new Promise<number>((resolve) => (finish = () => resolve(now(bench))));
  const ph = number < warmupSwarms ? "warmup" : "measure";
  return { crew: await backend.openCrew(name), name, first, ph, arrived: new Set(), lost: new Set(), voted, finish };
}

type Step = "create" | "deploy" | "message" | "execute" | "status" | "vote" | "terminate";
const afterDeploy = ["message", "execute", "status", "terminate"] as const;

interface Stay {
  readonly setting: Setting;
  readonly gauges: Readonly<Record<Step, Required<Gauge>>>;
  readonly due: Readonly<Record<"vote" | "end", (i: number) => number>>;
  readonly swarm: Swarm;
  readonly row: ReferenceAgent;
  readonly at: number;
  readonly sch: number;
  readonly view: View;
  readonly dayOf: (vote: number) => View;
}

async function live(stay: Stay): Promise<void> {
  const { setting, gauges, swarm, row, view } = stay;
  const { bench, backend } = setting;
  const name = `${swarm.name}-${stay.at}`;
  let sandboxId: string | null = null;
  const deployed = await measure(bench, {
    ...gauges.deploy,
    sch: stay.sch,
    ph: swarm.ph,
    cl: name,
    subject: "target",
    operation: async () => {
      sandboxId = await create(stay, name);
      await swarm.crew.join(row.agentId, sandboxId);
      await swarm.crew.ask(row.agentId, view);
      return sandboxId;
    },
    facts: (id) => ({ sandboxId: id }),
  });
  if (deployed === null) {
    lose(stay, afterDeploy);
    if (sandboxId !== null) await backend.call("terminateE2bSandbox", { sandboxId, force: true });
    return;
  }
  await use(stay, deployed);
  await vote(stay);
  const votedAt = await swarm.voted;
  await measure(bench, {
    ...gauges.terminate,
    sch: votedAt + offset(stay, "end", stay.at),
    ph: swarm.ph,
    cl: deployed,
    subject: "target",
    operation: () => backend.call("terminateE2bSandbox", { sandboxId: deployed }),
    facts: () => ({ sandboxId: deployed }),
  });
}

/** Measured within the deployment it is a part of; what it throws is the deployment's failure too. */
async function create({ setting, gauges, swarm, row, sch }: Stay, cl: string): Promise<string> {
  const { bench, backend } = setting;
  let failure: unknown = null;
  const made = await measure(bench, {
    ...gauges.create,
    sch,
    ph: swarm.ph,
    cl,
    subject: "target",
    operation: async () => {
      try {
        const input = { template: row.template, timeoutSeconds: lifeSeconds };
        const { sandboxes } = await backend.call("createE2bSandbox", input);
        return sandboxes[0]?.sandboxId ?? "";
      } catch (thrown) {
        failure = thrown;
        throw thrown;
      }
    },
    facts: (sandboxId) => ({ sandboxId }),
  });
  if (made === null) throw SwarmError.from(failure);
  return made;
}

/** One message, one command, one look. */
async function use({ setting, gauges, swarm, row, view }: Stay, sandboxId: string): Promise<void> {
  const { bench, backend } = setting;
  const shared = { ph: swarm.ph, cl: sandboxId, subject: "target" } as const;
  await measure(bench, {
    ...shared,
    ...gauges.message,
    sch: now(bench),
    operation: () => swarm.crew.ask(row.agentId, view),
    facts: () => ({ sandboxId }),
  });
  const nonce = makeId("n", systemRandom);
  const command = `printf '%s:%s' '${nonce}' "$E2B_SANDBOX_ID" | sha256sum`;
  await measure(bench, {
    ...shared,
    ...gauges.execute,
    sch: now(bench),
    operation: () => backend.call("executeE2bProcess", { sandboxId, command }),
    facts: ({ stdout }) => echoed(sandboxId, nonce, stdout.slice(0, 64)),
  });
  await measure(bench, {
    ...shared,
    ...gauges.status,
    sch: now(bench),
    operation: () => backend.call("getE2bSandboxStatus", { sandboxId }),
    facts: ({ createdAt }) => ({ sandboxId, listed: true, serverStartedAt: createdAt }),
  });
}

/** Of the n-th vote or end of a swarm, ns: each in an interval of its own, at its own place in it. */
function offset({ due, swarm, setting }: Stay, kind: "vote" | "end", n: number): number {
  return due[kind](swarm.first + n) - swarm.first * setting.everyNs;
}

/** The last of the five to be ready lets them vote, one vote in each interval. */
async function vote(stay: Stay): Promise<void> {
  const { setting, gauges, swarm, at, dayOf } = stay;
  const { bench } = setting;
  swarm.arrived.add(at);
  if (swarm.arrived.size + swarm.lost.size < members) return;
  if (swarm.lost.size > 0) return dropVotes(stay);
  const first = now(bench);
  for (let number = 0; number < votesPerSwarm; number += 1) {
    const view = dayOf(number);
    await measure(bench, {
      ...gauges.vote,
      sch: first + offset(stay, "vote", number),
      ph: swarm.ph,
      cl: swarm.name,
      subject: "target",
      operation: () => swarm.crew.round(view),
    });
  }
  swarm.finish();
}

function dropVotes({ setting: { bench }, gauges, swarm }: Stay): void {
  for (let number = 0; number < votesPerSwarm; number += 1) {
    drop(bench, gauges.vote, { sch: now(bench), ph: swarm.ph, cl: swarm.name });
  }
  swarm.finish();
}

/** What cannot happen any more was asked for all the same. */
function lose(stay: Stay, steps: readonly Step[]): void {
  const { setting, gauges, swarm, at, sch } = stay;
  for (const step of steps) drop(setting.bench, gauges[step], { sch, ph: swarm.ph, cl: `${swarm.name}-${at}` });
  swarm.lost.add(at);
  if (swarm.arrived.size + swarm.lost.size === members) dropVotes(stay);
}

/** The echo counts only when it is the hash of the nonce and the id that the target issued. */
function echoed(sandboxId: string, nonce: string, echo: string) {
  const expected = createHash("sha256").update(`${nonce}:${sandboxId}`).digest("hex");
  return { sandboxId, nonce, ...(echo === expected ? { nonceEcho: echo } : {}) };
}
