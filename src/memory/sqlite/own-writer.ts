// Writing through a connection of this process: requests become steps inside the next transaction.
import type { Clock } from "../../host/clock.ts";
import { writesPerSweep } from "../core/limits.ts";
import { perform, sweepRecord } from "../core/perform.ts";
import type { Reply, Request } from "../core/request.ts";
import { runStep } from "../core/step.ts";
import type { Driver } from "./driver.ts";
import { openGroupCommit } from "./group-commit.ts";
import { openStatements } from "./statements.ts";

export interface Writer {
  write(request: Request): Promise<Reply>;
  /** Resolves when everything asked for is answered. */
  close(): Promise<void>;
}

export interface OwnWriterOptions {
  readonly driver: Driver;
  readonly clock: Clock;
  readonly path: string;
  /** Called after a commit that touched the namespace. */
  readonly committed: (namespace: string) => void;
}

export function openOwnWriter({ driver, clock, path, committed }: OwnWriterOptions): Writer {
  const answer = openStatements(driver);
  const commits = openGroupCommit({ driver, clock, path });
  let writes = 0;
  return {
    async write(request) {
      const reply = await commits.write((nowMs) => {
        const run = (ask: Parameters<typeof answer>[0]) => answer(ask, nowMs);
        if (writes++ % writesPerSweep === 0) runStep(sweepRecord(), run);
        return runStep(perform(request, nowMs), run);
      });
      committed(request.namespace);
      return reply;
    },
    close: () => commits.drained(),
  };
}
