// What the manager tells whoever wants to know of the lives of sandboxes: each create as it came out, each end as it was
// witnessed. Measured here; nothing decides by it.
import type { Resources } from "../contracts/sandbox.ts";

export type LifeEvent =
  | {
      readonly kind: "created";
      readonly sandboxId: string;
      readonly resources: Resources;
      /** Ends then unless extended, ms since 1970. */
      readonly endMs: number;
      /** From the request until it answered, ms. */
      readonly tookMs: number;
    }
  | { readonly kind: "not-created"; readonly code: string; readonly tookMs: number }
  | { readonly kind: "ended"; readonly sandboxId: string };

export type Witness = (event: LifeEvent) => void;
