// Text after an option becomes a value. What is no number stays text, so that the schema refuses it and says what was given.
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Reader } from "./command-spec.ts";

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

export const asNumber: Reader = (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);

/** `90`, `90s`, `500ms`, `5m`, `2h` -> seconds. */
export const asSeconds: Reader = (text) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  return match === null ? text : Number(match[1]) * (unitSeconds[match[2] ?? "s"] ?? 1);
};

/** `AAPL,^GSPC` -> two items; may be repeated. */
export const asList: Reader = (text, previous) => [
  ...(Array.isArray(previous) ? previous : []),
  ...text.split(",").map((item) => item.trim()),
];

/** `KEY=VALUE`, repeated. */
export const asPairs: Reader = (text, previous) => {
  const [key, value] = splitPair(text);
  return { ...(isRecord(previous) ? previous : {}), [key]: value };
};

/** `key=1.5`, repeated. */
export const asNumberPairs: Reader = (text, previous) => {
  const [key, value] = splitPair(text);
  return { ...(isRecord(previous) ? previous : {}), [key]: asNumber(value, undefined) };
};

/** `key=value`, repeated; the value is JSON where it is JSON, else text. */
export const asJsonPairs: Reader = (text, previous) => {
  const [key, value] = splitPair(text);
  return { ...(isRecord(previous) ? previous : {}), [key]: jsonOr(value) };
};

/** `key=1,2,3`, repeated. */
export const asNumberLists: Reader = (text, previous) => {
  const [key, value] = splitPair(text);
  const list = value.split(",").map((item) => asNumber(item, undefined));
  return { ...(isRecord(previous) ? previous : {}), [key]: list };
};

/** `504:126` -> windows of a walk forward. */
export const asWindows: Reader = (text) => {
  const [train = "", test = ""] = text.split(":");
  return { trainBars: asNumber(train, undefined), testBars: asNumber(test, undefined) };
};

/** `1000`, `1000:7` or `1000:7:20` -> paths, seed and mean block of Monte Carlo. */
export const asPaths: Reader = (text) => {
  const [paths = "", seed, block, ...rest] = text.split(":");
  if (rest.length > 0) return text;
  return {
    paths: asNumber(paths, undefined),
    ...(seed === undefined ? {} : { seed: asNumber(seed, undefined) }),
    ...(block === undefined ? {} : { blockPeriods: asNumber(block, undefined) }),
  };
};

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  // The text itself may be a secret typed in the wrong place, so it is not repeated.
  throw new SwarmError(
    "usage.invalid",
    "Cannot read an option: a value without `=` was given where KEY=VALUE is wanted",
    {
      hint: "Write the name, an equals sign and the value, for instance --env LOG_LEVEL=info or --param window=20",
    },
  );
}

/** One more of an option that may be given again. */
export function asNames(text: string, previous: unknown): unknown {
  return [...(Array.isArray(previous) ? previous : []), text];
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
