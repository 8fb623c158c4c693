// Every bound of the local server has its name here: nothing in this room queues, buffers or loops without one.

export const limits = {
  /** Sandboxes running at once, unless the options say otherwise. */
  maxSandboxes: 100,
  /** Started sandboxes kept waiting for a tenant. */
  spares: 3,
  /** Starts in flight at once; more only fight for the same cores. */
  startsAtOnce: 4,
  /** Pause between two refills of the pool. */
  refillPauseMs: 40,
  /** A sandbox that is not ready by then counts as failed. */
  startMs: 15_000,
  /** Longest copy of a sandbox's root tree, for an image or a start from one. */
  copyMs: 120_000,
  /** Longest life a create or setTimeout may ask for. */
  maxLifeSeconds: 24 * 3600,
  /** Largest body of a control plane request. */
  controlBodyBytes: 1_048_576,
  /** Largest unary or opening body of a data plane call, inside the agent. */
  callBodyBytes: 8 * 1_048_576,
  /** Largest header block accepted from a client and from an agent. */
  headerBytes: 32_768,
  /** Requests in flight towards one sandbox; more are refused with 429. */
  requestsPerSandbox: 512,
  /** Largest answer to a control call the host itself makes to an agent. */
  agentAnswerBytes: 65_536,
  /** Processes, RAM and CPU of one sandbox. */
  pids: 512,
  memoryMb: 512,
  cpuCount: 1,
  openFiles: 4096,
  /** Address space where only prlimit can bound memory; V8 reserves far more than it uses, ten GiB for one WebAssembly. */
  addressSpaceMb: 16_384,
  /** tmpfs sizes inside. */
  sharedMemoryBytes: 64 * 1_048_576,
  runBytes: 16 * 1_048_576,
} as const;

/** The envd version whose behaviour the agent speaks; the SDK switches features on it. */
export const envdVersion = "0.6.13";
/** The port envd has inside every E2B sandbox. */
export const envdPort = 49_983;
/** Carries the host's secret to an agent's /init. */
export const secretHeader = "x-e2b-local-secret";
/** Names target and isolation on every answer of the control plane and of sandboxes. */
export const labelHeader = "x-e2b-local";
