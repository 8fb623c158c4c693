// A PostgreSQL cluster of the test's own, with its types.
import { join } from "node:path";

export interface Cluster {
  readonly url: string;
  readonly folder: string;
  /** Kills the server and everything of it at once, as a power cut of the process would; `start` brings it back. */
  kill(): void;
  start(): Promise<void>;
  stop(): void;
}

interface Tool {
  /** Why tests on PostgreSQL cannot run here, or null. */
  readonly noPostgres: string | null;
  readonly startCluster: () => Promise<Cluster>;
}

const tool: Tool = await import(join(import.meta.dirname, "../../tools/postgres-cluster.mjs"));

export const { noPostgres, startCluster } = tool;
