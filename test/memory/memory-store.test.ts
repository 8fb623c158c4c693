import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { conformance } from "./conformance.ts";

conformance("the store without a disk", async (clock) => ({
  store: openMemoryStore({ clock }),
  remove: () => undefined,
}));
