// Which variable and which flag each key of the config file stands for, and what holds when nobody says anything. Plain data: the
// command line reads it before it knows whether there is a config file, so no schema library comes with it.

interface ConfigRow {
  /** Dotted. */
  readonly key: string;
  readonly variable: string;
  readonly flag: string | null;
  /** What holds when nothing is said anywhere. */
  readonly preset: string;
  /** Relative to the config file. */
  readonly isPath?: true;
}

export const configRows: readonly ConfigRow[] = [
  { key: "target", variable: "E2B_SWARM_TARGET", flag: "--target", preset: "local without E2B_API_KEY, else cloud" },
  { key: "isolation", variable: "E2B_SWARM_ISOLATION", flag: "--isolation", preset: "bwrap" },
  { key: "state", variable: "E2B_SWARM_STATE", flag: null, preset: "the working folder", isPath: true },
  { key: "home", variable: "E2B_SWARM_HOME", flag: null, preset: "~/.local/state/e2b-swarm", isPath: true },
  { key: "record", variable: "E2B_SWARM_RECORD", flag: null, preset: "a file in .swarm/" },
  { key: "domain", variable: "E2B_DOMAIN", flag: null, preset: "e2b.app" },
  { key: "budgetDaily", variable: "COST_BUDGET_DAILY", flag: null, preset: "5" },
  { key: "maxSandboxes", variable: "E2B_SWARM_MAX_SANDBOXES", flag: null, preset: "100" },
  { key: "local.port", variable: "E2B_SWARM_PORT", flag: "local start --port", preset: "any free one" },
  { key: "local.faults", variable: "E2B_SWARM_FAULTS", flag: "local start --faults", preset: "false" },
  { key: "local.profile", variable: "E2B_SWARM_PROFILE", flag: "local start --profile", preset: "none" },
  { key: "pool.size", variable: "E2B_SWARM_POOL", flag: null, preset: "0" },
  { key: "pool.warm", variable: "E2B_SWARM_POOL_WARM", flag: null, preset: "0" },
  { key: "pool.minutes", variable: "E2B_SWARM_POOL_MINUTES", flag: null, preset: "30" },
  { key: "idleMinutes", variable: "E2B_SWARM_IDLE_MINUTES", flag: null, preset: "30" },
  { key: "batch", variable: "E2B_SWARM_BATCH", flag: null, preset: "true" },
  { key: "templateCache", variable: "E2B_SWARM_TEMPLATE_CACHE", flag: null, preset: "true" },
  { key: "retries", variable: "E2B_SWARM_RETRIES", flag: null, preset: "2" },
  { key: "createRetries", variable: "E2B_SWARM_CREATE_RETRIES", flag: null, preset: "0" },
  { key: "breaker", variable: "E2B_SWARM_BREAKER", flag: null, preset: "5" },
  { key: "requestsPerSecond", variable: "E2B_SWARM_REQUESTS_PER_SECOND", flag: null, preset: "600" },
  { key: "createsPerSecond", variable: "E2B_SWARM_CREATES_PER_SECOND", flag: null, preset: "0" },
];

export const configNames = ["ts", "mjs", "js", "json"].map((end) => `e2b-swarm.config.${end}`);
