// What the recording backend answers to the monitor.
const at = "2026-01-02T03:04:05.000Z";

export const monitorLook = {
  timestamp: at,
  target: "local",
  isolation: "bwrap",
  sandboxes: {
    total: 1,
    running: 1,
    list: [
      {
        sandboxId: "sbx1",
        name: "node-sbx1",
        template: "node",
        status: "running",
        cpuCount: 1,
        memoryMb: 512,
        ageSeconds: 61.2,
        endsAt: at,
        costMicroUsd: 990,
      },
    ],
  },
  swarms: [
    {
      swarmId: `swarm_${"4h6k".repeat(4)}`,
      status: "active",
      topology: "star",
      activeAgents: 1,
      wantedAgents: 1,
      openTasks: 2,
      agents: [
        {
          agentId: "agent-1-1",
          agentType: "momentum",
          status: "busy",
          sandboxId: "sbx2",
          openTasks: 2,
          completedTasks: 3,
          failedTasks: 0,
          latencyMs: 4.5,
        },
      ],
    },
  ],
  agents: { total: 1, active: 1 },
  cost: {
    provenance: "modelled",
    priceList: "e2b-list",
    since: at,
    sandboxSeconds: 61.2,
    totalMicroUsd: 4_100_000,
    perHourMicroUsd: 58_500,
    budgetMicroUsd: 5_000_000,
    budgetShare: 0.82,
    assumed: 1,
  },
  creates: { attempts: 3, failed: 0, successRate: 1, timed: 3, p50Ms: 40, p95Ms: null, mostMs: 55 },
  alerts: [{ name: "cost", severity: "warning", message: "$4.1000 of $5.0000 is spent", value: 0.82, limit: 0.8 }],
};
