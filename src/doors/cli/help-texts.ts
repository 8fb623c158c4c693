// The two closing paragraphs of the main help page. The exit codes are those of decision 17.

export const environmentHelp = `Environment:
  E2B_API_KEY          key of the E2B cloud; selects the cloud unless the target is said
  E2B_SWARM_TARGET     local or cloud, when --target is absent (default: local without a key)
  E2B_SWARM_ISOLATION  bwrap, gvisor or none, when --isolation is absent (default: bwrap)
  E2B_SWARM_PORT       port of the local server when it starts (default: any free one)
  E2B_SWARM_FAULTS     on: the local server starts with its fault plane open (default: off)
  E2B_SWARM_PROFILE    hobby or pro: it starts with the limits of that plan (default: none)
  E2B_SWARM_HOME       folder of the local server's records (default: ~/.local/state/e2b-swarm)
  E2B_SWARM_STATE      folder that holds .swarm/ (default: the working directory)
  E2B_SWARM_RECORD     postgres://… for one record shared by several machines (default: a file in .swarm/)
  E2B_SWARM_POOL       idle sandboxes of a kind that a long process keeps for its next run (default: 0)
  ALPACA_API_KEY       key of Alpaca, with ALPACA_API_SECRET, for prices of stocks
  THE_ODDS_API_KEY     key of The Odds API, for prices of bookmakers
  COST_BUDGET_DAILY    dollars per day above which nothing is started (default: 5)
  NO_COLOR             any value: print without colour`;

export const exitCodeHelp = `Exit codes:
  0  worked, or certified        5    not found
  1  failed, or refused          6    incomplete
  2  wrong usage                 7    evidence does not verify
  3  conditional                 130  interrupted (SIGINT)
  4  key missing or refused      143  interrupted (SIGTERM)`;
