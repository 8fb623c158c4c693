// Where a derived value comes from: the minimum of its inputs. Law: measurement §2.
import type { EvidenceTarget, Provenance } from "../../claims/types.ts";

/** Strongest first. */
export const provenanceOrder = ["measured", "replayed", "simulated", "modelled", "declared"] as const;

export interface Origin {
  readonly provenance: Provenance;
  readonly target: EvidenceTarget;
}

export function weaker(a: Provenance, b: Provenance): Provenance {
  return provenanceOrder.indexOf(a) >= provenanceOrder.indexOf(b) ? a : b;
}

/** Is `have` at least as strong as `floor`? */
export function reaches(have: Provenance, floor: Provenance): boolean {
  return provenanceOrder.indexOf(have) <= provenanceOrder.indexOf(floor);
}

/** Minimum provenance, common target or `mixed`. Null for no inputs. */
export function combine(inputs: readonly Origin[]): Origin | null {
  const [first, ...rest] = inputs;
  if (first === undefined) return null;
  return rest.reduce<Origin>(
    (sum, input) => ({
      provenance: weaker(sum.provenance, input.provenance),
      target: sum.target === input.target ? sum.target : "mixed",
    }),
    first,
  );
}

/** Strongest use: any claim about that target, logic and safety only, or none. */
export function strongestUse(origin: Origin): "full" | "logic" | "info" {
  if (origin.target === "mixed") return "info";
  switch (origin.provenance) {
    case "measured":
      return "full";
    case "replayed":
    case "simulated":
      return "logic";
    case "modelled":
    case "declared":
      return "info";
    default:
      return origin.provenance satisfies never;
  }
}
