// Every bound of the local server has its name here: nothing in this room queues, buffers or loops without one.

export const limits = {
  /** Sandboxes running at once, unless the options say otherwise. */
  maxSandboxes: 100,
  /** Lines of the journal before it is written anew, and lost sandboxes it still names. */
  journalLines: 20_000,
  lostKept: 1_000,
  /** Log entries kept of one sandbox, and sandboxes whose log is kept. */
  logEntries: 1_000,
  logBooks: 500,
  /** What an agent may report: one line, and all of them in a second. */
  voiceLineBytes: 8_192,
  voiceBytesPerSecond: 1_048_576,
  /** Readings kept of one sandbox: an hour of them. */
  metricsKept: 720,
  /** Paused ones kept at once; they do not count as running, but hold RAM or disk. */
  pausedSandboxes: 1_000,
  /** Started sandboxes kept waiting for a tenant. */
  spares: 3,
  /** Starts in flight at once; more only fight for the same cores. */
  startsAtOnce: 4,
  /** Agents starting at once; each is some 60 ms of one core. */
  bootsAtOnce: 3,
  /** An agent nobody waits for starts only when no sandbox was asked for during this time. */
  bootQuietMs: 20,
  /** Most cells that stand ready without an agent; how many depends on what was asked for within the window. */
  standingCells: 12,
  demandWindowMs: 30_000,
  /** Pause between two refills of the pool, and the rest it waits for. */
  refillPauseMs: 40,
  /** A sandbox that is not ready by then counts as failed. */
  startMs: 30_000,
  /** Longest copy of a sandbox's root tree, for an image or a start from one. */
  copyMs: 120_000,
  /** Trees kept for snapshots, file-only pauses and template builds. */
  images: 1_000,
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
  /** Connections of all clients together. */
  connections: 4096,
  /** Streams at once on one HTTP/2 connection, and what they may hold in memory. */
  streamsPerConnection: 1024,
  sessionMemoryMb: 256,
  /** HTTP/2 windows: what one stream, and all of one connection, may send ahead of its reader. */
  streamWindowBytes: 1_048_576,
  connectionWindowBytes: 16 * 1_048_576,
  /** Attempts to reach a closed port, and the pause before the second; each further pause is that much longer. */
  portTries: 5,
  portRetryMs: 100,
  /** Largest answer to a control call the host itself makes to an agent. */
  agentAnswerBytes: 65_536,
  /** Processes, RAM and CPU of one sandbox. */
  pids: 512,
  memoryMb: 512,
  cpuCount: 1,
  /** Disk of one sandbox, and what must stay free on the host's before sandboxes may write. */
  diskMb: 10_240,
  diskReserveMb: 512,
  openFiles: 4096,
  /** Address space where only prlimit can bound memory; V8 reserves far more than it uses, ten GiB for one WebAssembly. */
  addressSpaceMb: 16_384,
  /** tmpfs sizes inside. */
  sharedMemoryBytes: 64 * 1_048_576,
  runBytes: 16 * 1_048_576,
  /** Builds that run at once; more wait, and beyond the queue they are refused. */
  buildsAtOnce: 2,
  buildsWaiting: 20,
  /** Steps of one build, and the time all of them have together. */
  buildSteps: 500,
  buildMs: 30 * 60_000,
  /** Builds remembered per template; the oldest that no tag leads to go first. */
  buildsKept: 20,
  /** Templates and their log: entries, characters of one and of all, and room for the errors after that. */
  templates: 500,
  buildLogEntries: 20_000,
  buildLogBytes: 8 * 1_048_576,
  buildLogLine: 4_096,
  buildLogErrors: 10,
  /** Archives of COPY steps: one, all of them, at once, and how long an upload address lives. */
  uploadBytes: 1_073_741_824,
  uploadCacheBytes: 4 * 1_073_741_824,
  uploadsAtOnce: 8,
  uploadLifeMs: 3_600_000,
  uploadStallMs: 60_000,
  cachedLayers: 64,
  /** Largest single message taken from an agent's stream. */
  agentFrameBytes: 1_048_576,
  /** Pause between two ready checks, and how long a start command without one is watched. */
  readyRetryMs: 200,
  unaskedReadySeconds: 2,
  /** What a failed create tells of its start command. */
  startLinesKept: 20,
  /** How long a create waits for the ready command of its template. */
  readyOnCreateMs: 50_000,
  /** Largest template. */
  templateCpuCount: 8,
  templateMemoryMb: 8_192,
  templateLeastMemoryMb: 128,
  /** Volumes, how many one sandbox may mount, entries of one listing, length of a path and links walked on the way. */
  volumes: 100,
  mountsPerSandbox: 16,
  volumeEntries: 10_000,
  volumePathLength: 4_096,
  volumeLinks: 40,
  /** Secrets, and what E2B allows of each. */
  secrets: 500,
  secretNameBytes: 256,
  secretValueBytes: 65_536,
  secretMetadata: { entries: 32, keyBytes: 128, valueBytes: 1_024, totalBytes: 8_192 },
} as const;

/** The envd version whose behaviour the agent speaks; the SDK switches features on it. */
export const envdVersion = "0.6.13";
/** The port envd has inside every E2B sandbox. */
export const envdPort = 49_983;
/** Carries the host's secret to an agent's /init. */
export const secretHeader = "x-e2b-local-secret";
/** Names target and isolation on every answer of the control plane and of sandboxes. */
export const labelHeader = "x-e2b-local";
