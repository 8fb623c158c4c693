// How each fault of the swarm's torture is delivered. Every function returns who was hit, or null when nobody could be.
import { setTimeout as sleep } from "node:timers/promises";
import { agentPrograms, strike } from "./swarm-programs.mjs";

/** Shares of a storm: agent killed, agent stopped, sandbox killed; leader killed, stopped and woken, cut off its record. */
export const weights = { agent: 9, stall: 3, sandbox: 4, coordinator: 4, pause: 2, cut: 2 };
export const leaderKinds = ["coordinator", "pause", "cut"];
/** Far beyond the life of a lease: the leader wakes up deposed. */
const awayMs = 2_000;

export function pickKind(kinds, draw) {
  let left = draw * kinds.reduce((sum, kind) => sum + weights[kind], 0);
  return kinds.find((kind) => (left -= weights[kind]) < 0) ?? kinds[0];
}

/** `away`: what must have come back before the torture ends. `stale`: writes tried in the name of a deposed leader. */
export function openFaults({ serverPid, store, namespace, coordinators, addCoordinator, away, stale }) {
  const leave = (one, token, back) => {
    one.isAway = true;
    const comeBack = async () => {
      await sleep(awayMs);
      await writeAs(token);
      back();
      one.isAway = false;
      away.delete(returned);
    };
    const returned = comeBack();
    away.add(returned);
  };
  /** What the deposed leader would write, under its own token: the record must refuse it. */
  const writeAs = async (token) => {
    stale.tried += 1;
    const fence = { lease: "coordinator", token };
    try {
      await store.put(namespace, "stale", { token }, { writer: "torture", fence, ttlSeconds: null });
    } catch (fault) {
      if (fault.code === "memory.fenced") stale.refused += 1;
    }
  };
  const onLeader = (act) => {
    const leader = [...coordinators].find(({ epoch }) => epoch !== null);
    const isFollowed = [...coordinators].some((one) => one !== leader && one.isReady && one.isAway !== true);
    if (leader === undefined || leader.isAway === true || !isFollowed) return null;
    const token = leader.epoch;
    leader.epoch = null;
    const atNs = process.hrtime.bigint();
    return act(leader, token) ? { victim: "coordinator", atNs } : null;
  };
  const onAgent = async (draw, act) => {
    const programs = agentPrograms(serverPid);
    const places = (await store.list(namespace, "places/")).filter(({ value }) => programs.has(value.sandboxId));
    const chosen = places[Math.floor(draw * places.length)];
    if (chosen === undefined) return null;
    const atNs = process.hrtime.bigint();
    return act(programs.get(chosen.value.sandboxId)) ? { victim: chosen.key.slice("places/".length), atNs } : null;
  };
  const deliver = {
    agent: (draw) => onAgent(draw, ({ program }) => strike(program, "SIGKILL")),
    stall: (draw) => onAgent(draw, ({ program }) => strike(program, "SIGSTOP")),
    sandbox: (draw) => onAgent(draw, ({ cell }) => strike(cell, "SIGKILL")),
    coordinator: async () =>
      onLeader((leader) => {
        leader.isReady = false;
        const isKilled = leader.child.kill("SIGKILL");
        addCoordinator();
        return isKilled;
      }),
    pause: async () =>
      onLeader((leader, token) => {
        const isStopped = leader.child.kill("SIGSTOP");
        if (isStopped) leave(leader, token, () => leader.child.kill("SIGCONT"));
        return isStopped;
      }),
    cut: async () =>
      onLeader((leader, token) => {
        leader.relay.cut();
        leave(leader, token, () => leader.relay.mend());
        return true;
      }),
  };
  return (kind, draw) => deliver[kind](draw);
}
