// The switches of the manager, each a variable of the environment. Nothing else turns one on or off.
import type { Env } from "../host/env.ts";
import { managerDefaults, type ManagerSettings } from "../sandboxes/manager-settings.ts";
import { decimal, notANumber, whole, word } from "./read-env.ts";

/** Bounds of what may be asked for: idle sandboxes of one variant, times a call is sent again, and a day. */
const maxPool = 100;
const maxRetries = 10;
const maxMinutes = 1_440;

/**
 * E2B_SWARM_POOL, E2B_SWARM_POOL_WARM (idle sandboxes of a variant, 0 = none), E2B_SWARM_POOL_MINUTES, E2B_SWARM_IDLE_MINUTES (0 = never), E2B_SWARM_BATCH and
 * E2B_SWARM_TEMPLATE_CACHE (on, off), E2B_SWARM_RETRIES, E2B_SWARM_CREATE_RETRIES, E2B_SWARM_BREAKER (failures in a row, 0 = never),
 * E2B_SWARM_REQUESTS_PER_SECOND and E2B_SWARM_CREATES_PER_SECOND (0 = as fast as asked). Throws `usage.invalid`.
 */
export function readManagerSettings(env: Env): ManagerSettings {
  const { pool, idleSeconds, retries, breaker, rate } = managerDefaults;
  const size = whole(env, "E2B_SWARM_POOL", pool.size, 0, maxPool);
  const warm = whole(env, "E2B_SWARM_POOL_WARM", pool.warm, 0, maxPool);
  if (warm > size) throw notANumber("E2B_SWARM_POOL_WARM", `at most E2B_SWARM_POOL, which is ${size}`);
  return {
    pool: { ...pool, size, warm, idleSeconds: minutes(env, "E2B_SWARM_POOL_MINUTES", pool.idleSeconds) },
    idleSeconds: minutes(env, "E2B_SWARM_IDLE_MINUTES", idleSeconds),
    batch: isOn(env, "E2B_SWARM_BATCH", managerDefaults.batch),
    templateCache: isOn(env, "E2B_SWARM_TEMPLATE_CACHE", managerDefaults.templateCache),
    retries: {
      asks: whole(env, "E2B_SWARM_RETRIES", retries.asks, 0, maxRetries),
      creates: whole(env, "E2B_SWARM_CREATE_RETRIES", retries.creates, 0, maxRetries),
    },
    breaker: { ...breaker, failures: whole(env, "E2B_SWARM_BREAKER", breaker.failures, 0) },
    rate: {
      requests: decimal(env, "E2B_SWARM_REQUESTS_PER_SECOND", rate.requests),
      creates: decimal(env, "E2B_SWARM_CREATES_PER_SECOND", rate.creates),
    },
  };
}

function minutes(env: Env, name: string, fallbackSeconds: number): number {
  const value = decimal(env, name, fallbackSeconds / 60);
  if (value <= maxMinutes) return value * 60;
  throw notANumber(name, `minutes from 0 to ${maxMinutes}`);
}

function isOn(env: Env, name: string, fallback: boolean): boolean {
  const said = word(env, name, ["on", "off"]);
  return said === null ? fallback : said === "on";
}
