// Faults in four columns: planned, attempted (a signal was delivered), observed (a coordinator noticed), healed (work goes there
// again). Times are the machine's monotonic clock: the kill by the one who killed, the rest as the coordinators told it.
const open = new Set(["attempted", "observed"]);

export function openFaultBook() {
  const faults = [];
  const births = new Map();
  const waitingForBirth = [];
  const move = (fault, stage, atNs) => {
    fault.stage = stage;
    fault[stage] = atNs;
    if (stage === "healed" && fault.observed === undefined) fault.observed = atNs;
  };
  const ofAgent = (agentId, stages, atNs) =>
    faults.filter((one) => one.victim === agentId && stages.has(one.stage) && one.attempted < atNs);
  return {
    plan(kind) {
      const fault = { kind, stage: "planned" };
      faults.push(fault);
      return fault;
    },
    attempt(fault, victim, atNs) {
      fault.victim = victim;
      move(fault, "attempted", atNs);
    },
    /** A line of a coordinator. */
    hear(line) {
      const atNs = BigInt(line.atNs);
      if (line.kind === "detected") {
        for (const one of ofAgent(line.agentId, new Set(["attempted"]), atNs)) move(one, "observed", atNs);
      } else if (line.kind === "recovered" || line.kind === "send") {
        const born = births.get(line.agentId);
        births.delete(line.agentId);
        if (born !== undefined) move(born, "healed", atNs);
        for (const one of ofAgent(line.agentId, new Set(["observed"]), atNs)) move(one, "healed", atNs);
      } else if (line.kind === "escalated") {
        waitingForBirth.push(...ofAgent(line.agentId, new Set(["observed"]), atNs));
      } else if (line.kind === "start") {
        const heir = waitingForBirth.shift();
        if (heir !== undefined) births.set(line.agentId, heir);
      } else if (line.kind === "led") {
        for (const one of faults) {
          if (one.victim === "coordinator" && one.stage === "attempted") move(one, "observed", atNs);
        }
      } else if (line.kind === "done") {
        for (const one of faults) {
          if (one.victim === "coordinator" && one.stage === "observed") move(one, "healed", atNs);
        }
      }
    },
    observed: (kind) => faults.filter((one) => one.kind === kind && one.observed !== undefined).length,
    isOpen: () => faults.some(({ stage }) => open.has(stage)),
    rows() {
      const kinds = [...new Set(faults.map(({ kind }) => kind))];
      return kinds.map((kind) =>
        row(
          kind,
          faults.filter((one) => one.kind === kind),
        ),
      );
    },
  };
}

function row(kind, faults) {
  const count = (stage) => faults.filter((one) => stage === "planned" || one[stage] !== undefined).length;
  const healed = faults.filter((one) => one.healed !== undefined);
  const observed = faults.filter((one) => one.observed !== undefined);
  return {
    kind,
    planned: count("planned"),
    attempted: count("attempted"),
    observed: count("observed"),
    healed: count("healed"),
    detectionMs: spread(observed.map((one) => one.observed - one.attempted)),
    recoveryMs: spread(healed.map((one) => one.healed - one.observed)),
    downtimeMs: spread(healed.map((one) => one.healed - one.attempted)),
  };
}

/** Nearest-rank percentiles of nanoseconds, in ms. */
function spread(values) {
  const sorted = values.map((ns) => Number(ns) / 1e6).sort((a, b) => a - b);
  const at = (share) => Math.round(10 * (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)) / 10;
  return { n: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
