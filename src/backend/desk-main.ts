// The desk's program for a person: `npm run desk -- [--settle … --as …] [--resume]`. Without options it says what holds orders.
import { realClock } from "../host/clock.ts";
import { realEnv } from "../host/env.ts";
import { silentLog } from "../host/log.ts";
import { systemRandom } from "../host/random.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { deskCommand } from "./desk-command.ts";
import { openParts } from "./parts.ts";
import { readSettings } from "./settings.ts";

async function main(): Promise<void> {
  const settings = readSettings({}, realEnv, process.cwd());
  const parts = openParts({
    settings,
    clock: realClock,
    random: systemRandom,
    log: silentLog,
    env: realEnv,
    findTarget: async () => null,
  });
  try {
    for (const line of await deskCommand(parts, process.argv.slice(2))) process.stdout.write(`${line}\n`);
  } finally {
    await parts.close();
  }
}

main().catch((thrown: unknown) => {
  const { message, hint, row } = SwarmError.from(thrown);
  process.stderr.write(`${message}\n${hint === undefined ? "" : `${hint}\n`}`);
  process.exitCode = row.exitCode;
});
