import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { conformance, subjectOn } from "./conformance.ts";
import { coordinationConformance, trimmingConformance } from "./conformance-coordination.ts";

const open = () => subjectOn(async (clock) => openMemoryStore({ clock }));
conformance("the store without a disk", open);
coordinationConformance("the store without a disk", open);
trimmingConformance("the store without a disk", open);
