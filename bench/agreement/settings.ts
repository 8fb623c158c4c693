// What one run does: `storm --seeds 10000` or `speed --rounds 30`. Everything is bounded.
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { flaws, type Flaw } from "./storm.ts";
import type { KeyKind } from "./keys.ts";

export type Settings =
  | {
      readonly kind: "storm";
      readonly seeds: number;
      readonly from: number;
      readonly keys: KeyKind;
      readonly flaw: Flaw | undefined;
    }
  | { readonly kind: "speed"; readonly rounds: number; readonly out: string | null };

const most = 1_000_000;

export function readSettings([kind, ...args]: readonly string[]): Settings {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) given.set(args[at] ?? "", args[at + 1] ?? "");
  const take = (name: string, fallback: string): string => {
    const value = given.get(name) ?? fallback;
    given.delete(name);
    return value;
  };
  const settings = kind === "speed" ? readSpeed(take) : kind === "storm" ? readStorm(take) : null;
  if (settings === null) throw usage(`'${kind ?? ""}' is neither storm nor speed`);
  const [unknown] = given.keys();
  if (unknown !== undefined) throw usage(`unknown option '${unknown}'`);
  return settings;
}

type Take = (name: string, fallback: string) => string;

function readStorm(take: Take): Settings {
  const keys = take("--keys", "hash");
  if (keys !== "hash" && keys !== "ed25519") throw usage(`'${keys}' is neither hash nor ed25519`);
  const name = take("--flaw", "");
  const flaw = flaws.find((one) => one === name);
  if (name !== "" && flaw === undefined) throw usage(`'${name}' is none of ${flaws.join(", ")}`);
  return { kind: "storm", seeds: whole(take("--seeds", "10000")), from: whole(take("--from", "1")), keys, flaw };
}

function readSpeed(take: Take): Settings {
  const out = take("--out", "reports/bench-agreement.json");
  return { kind: "speed", rounds: whole(take("--rounds", "40")), out: out === "" ? null : out };
}

function whole(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw usage(`'${text}' is not a whole number from 1 to ${most}`);
}

function usage(reason: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot run: ${reason}`, {
    hint: "Say: storm --seeds 10000 --from 1 --keys hash|ed25519, or: speed --rounds 40 --out reports/bench-agreement.json",
  });
}
