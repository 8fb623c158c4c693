// Everything the command line needs from outside, handed in: tests give other insides, main.ts gives the real ones.
import type { ConfigChoice } from "../../backend/config/configure.ts";
import type { BackendOptions } from "../../backend/backend.ts";
import type { LocalCommandOptions } from "../../backend/local.ts";
import type { LocalInput } from "../../contracts/local-server.ts";
import type { DoorBackend } from "../door-backend.ts";
import type { Clock } from "../../host/clock.ts";
import type { Env } from "../../host/env.ts";
import type { Random } from "../../host/random.ts";

export interface Page {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Of the terminal now; absent where there is none. */
  readonly size?: () => { readonly columns: number; readonly rows: number };
  /** Written when the process ends however that comes about, unless it was taken back: what restores a terminal. */
  readonly atExit?: (text: string) => () => void;
}

export const localActions = ["start", "stop", "status", "env", "logs"] as const;

/** Where `mcp --http` listens, as given on the command line. */
export interface McpHttp {
  readonly host: string;
  readonly port: number;
  readonly names: readonly string[];
  readonly tokensFile?: string;
}

/** Where and for whom `serve` listens, as given on the command line. */
export interface ServeAddress extends McpHttp {
  /** The only swarm that is shown; null for all. */
  readonly only: string | null;
  readonly perMinute: number;
}

/** What following the audit log gave. */
export interface AuditFound {
  readonly lines: number;
  readonly torn: number;
  readonly head: string;
}

export interface CliWorld {
  readonly env: Env;
  readonly clock: Clock;
  readonly random: Random;
  readonly stdout: Page;
  readonly stderr: Page;
  /** Asks a person one question; null where nobody can answer (no terminal). */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string>) | null;
  /** Aborted by the first SIGINT or SIGTERM; its reason is what stopReason makes. */
  readonly signal: AbortSignal;
  /** Reads the config file, before anything is opened, into what `env` does not say. Throws `usage.config`. */
  configure(choice: ConfigChoice): Promise<void>;
  openBackend(options: BackendOptions): Promise<DoorBackend>;
  localCommand(input: LocalInput, options: LocalCommandOptions): Promise<object>;
  /** Serves MCP on stdin and stdout until stdin closes, or over HTTP; resolves with the exit code. */
  serveMcp(options: BackendOptions, http: McpHttp | null): Promise<number>;
  /** Serves dashboard, events, metrics and health until a signal; resolves with the exit code. */
  serve(options: BackendOptions, address: ServeAddress): Promise<number>;
  /** Throws `evidence.mismatch` when the audit log does not hold. */
  verifyAudit(options: BackendOptions): Promise<AuditFound>;
}
