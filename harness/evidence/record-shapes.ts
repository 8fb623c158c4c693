// Reading records back: every field of every kind of record, and nothing else. A line of another shape is not evidence.
import { isRecord } from "../../src/contracts/json.ts";
import type { EventRecord } from "../claims/events.ts";
import type { FileHeader, Observation, Sample } from "../claims/types.ts";

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === "string";
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const flag: Check = (value) => typeof value === "boolean";
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const among =
  (...words: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);
const target = among("local", "cloud");
const provenance = among("measured", "replayed", "simulated", "modelled", "declared");
const outcome: Check = (value) =>
  typeof value === "string" && /^(?:ok|timeout|indeterminate|dropped|aborted|error:[a-z][a-z0-9.-]{0,63})$/.test(value);

const header: Shape = {
  k: among("hdr"),
  schema: among("evidence/samples/1", "evidence/observations/1", "evidence/events/1"),
  run: text,
  metric: text,
  unit: among("ns", "count", "ppm", "microusd"),
  clock: among("hrtime"),
  planSha256: text,
};
const sample: Shape = {
  k: among("s"),
  i: count,
  sch: count,
  st: orNull(count),
  dur: orNull(count),
  out: outcome,
  att: count,
  ph: among("warmup", "measure", "cooldown"),
  cl: orNull(text),
  provenance,
  target,
  wit: orNull(text),
};
const observation: Shape = {
  k: among("o"),
  i: count,
  what: text,
  expected: text,
  observed: text,
  out: among("ok", "error:mismatch", "error:threw"),
  t: count,
  provenance,
  target,
  wit: orNull(text),
};
const endpoint: Shape = {
  class: among("loopback", "private", "public", "none"),
  port: count,
  tlsFingerprint: orNull(text),
  tlsDomain: orNull(text),
};
const witness: Shape = {
  k: among("wit"),
  i: count,
  t: count,
  id: text,
  kind: among("exchange", "process", "child"),
  target,
  provenance,
  endpoint: (value) => fits(value, endpoint),
  exchanges: count,
  problems: (value) => Array.isArray(value) && value.every(text),
  sandboxId: orNull(text),
  listed: orNull(flag),
  serverStartedAt: orNull(text),
  nonce: orNull(text),
  nonceEcho: orNull(text),
  pid: orNull(count),
  pidStart: orNull(text),
};
const server: Shape = {
  k: among("srv"),
  i: count,
  t: count,
  target,
  port: count,
  domain: orNull(text),
  pid: orNull(count),
  ownProcess: flag,
};
const meter: Shape = {
  k: among("meter"),
  i: count,
  t: count,
  metric: text,
  sandboxId: text,
  ns: count,
  vcpu: count,
  memMiB: count,
  provenance,
  target,
  wit: orNull(text),
};
const note: Shape = {
  k: among("note"),
  i: count,
  t: count,
  what: among("start", "end", "abort", "fault", "retry", "heartbeat", "clock", "lifecycle", "health", "orphan"),
  data: (value) => isRecord(value),
};

const entriesOf = new Map<Shape, readonly (readonly [string, Check])[]>();

function fits(value: unknown, shape: Shape): boolean {
  const entries = entriesOf.get(shape) ?? Object.entries(shape);
  entriesOf.set(shape, entries);
  if (!isRecord(value) || Object.keys(value).length !== entries.length) return false;
  for (const [name, check] of entries) if (!(name in value) || !check(value[name])) return false;
  return true;
}

const censored: Shape = { ...sample, cens: among("right") };

export function isHeader(value: unknown): value is FileHeader {
  return fits(value, header);
}

export function isSample(value: unknown): value is Sample {
  return fits(value, sample) || fits(value, censored);
}

export function isObservation(value: unknown): value is Observation {
  return fits(value, observation);
}

export function isEvent(value: unknown): value is EventRecord {
  return [witness, server, meter, note].some((shape) => fits(value, shape));
}
