// What a witness allows a record to say. Law: measurement §2: lacking a witness lowers a value, nothing raises it.
import type { Provenance } from "../claims/types.ts";

/** A witness that stands in an events file. Only `recordWitness` makes one. */
export interface Witnessed {
  readonly id: string;
  readonly provenance: Provenance;
  readonly target: "local" | "cloud";
}
