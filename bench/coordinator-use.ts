// What coordinating costs this machine: processor time of this process in each second, while the crew is at work.
import { recordWitness } from "../harness/evidence/record-witness.ts";
import { ownCodeSighting } from "../harness/evidence/witness.ts";
import { openSamples } from "../harness/evidence/recorder.ts";
import { now } from "./schedule.ts";
import type { Setting } from "./setting.ts";

const windowMs = 1_000;

export function watchUse({ bench, context, shard }: Pick<Setting, "bench" | "context" | "shard">): {
  readonly close: () => void;
} {
  const recorder = openSamples(context, shard, "bench.use.coordinator");
  const witness = recordWitness(bench.events, ownCodeSighting());
  let before = process.cpuUsage();
  let since = now(bench);
  const stop = bench.clock.every(windowMs, () => {
    const used = process.cpuUsage(before);
    const sch = since;
    before = process.cpuUsage();
    since = now(bench);
    // Processor time of one second of the wall, whatever the timer's own lateness was.
    const dur = Math.round(((used.user + used.system) * 1_000 * 1e9) / Math.max(1, since - sch));
    recorder.record({ sch, st: sch, dur, out: "ok" }, witness);
  });
  return {
    close() {
      stop();
      recorder.close();
    },
  };
}
