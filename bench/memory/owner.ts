// A process that owns a record file until its input ends: the writer process of a machine with several coordinators.
import { realClock } from "../../src/host/clock.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";

const path = process.argv[2] ?? "";
const store = await openSqliteStore({ path, clock: realClock });
await store.put("owner", "ready", process.pid, { writer: "owner" });
process.stdout.write("ready\n");
process.stdin.resume().once("end", () => void store.close().then(() => process.exit(0)));
