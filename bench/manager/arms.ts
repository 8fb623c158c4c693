// What is compared: everything off, each switch alone, all together, and everything off once more, which must show no
// difference. Times are scaled: half an hour of the defaults is `idleSeconds` here.
import { managerOff, type ManagerSettings } from "../../src/sandboxes/manager-settings.ts";
import type { Day } from "./work-day.ts";

export const armNames = ["off", "off again", "pool", "lazy cleanup", "batched calls", "template cache", "all"] as const;
export type ArmName = (typeof armNames)[number];

export function settingsOf(arm: ArmName, day: Day): ManagerSettings {
  const pool = { size: day.atOnce, warm: 0, idleSeconds: day.idleSeconds, leashSeconds: 30 };
  const idleSeconds = day.idleSeconds;
  switch (arm) {
    case "off":
    case "off again":
      return managerOff;
    case "pool":
      // Without the cleanup an idle one stays as long as the day.
      return { ...managerOff, pool: { ...pool, idleSeconds: 3_600 } };
    case "lazy cleanup":
      return { ...managerOff, idleSeconds };
    case "batched calls":
      return { ...managerOff, batch: true };
    case "template cache":
      return { ...managerOff, templateCache: true };
    case "all":
      return { ...managerOff, pool, idleSeconds, batch: true, templateCache: true };
  }
}

/**
 * The order of a half block. Two halves are a block, there and back (ABBA), so that a drift of the machine falls on all alike;
 * each block begins with another arm, so that no arm always follows the same one.
 */
export function turnOf(half: number): readonly ArmName[] {
  const first = Math.floor(half / 2) % armNames.length;
  const there = [...armNames.slice(first), ...armNames.slice(0, first)];
  return half % 2 === 0 ? there : there.toReversed();
}
