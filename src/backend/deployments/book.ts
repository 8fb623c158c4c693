// Deployments as the shared record knows them, one entry each. Whoever changes one holds its lease, so that two who scale it at
// once do not both start what is missing.
import type { Json } from "../../contracts/json.ts";
import type { Deployment } from "../../contracts/operations/templates.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import type { Parts } from "../parts.ts";

const namespace = "deployments";
/** Longer than ten instances need to start; one that died holding it is waited for no longer. */
const leaseMs = 180_000;

export async function keepDeployment(parts: Parts, deployment: Deployment, writer: string): Promise<void> {
  const value: Json = JSON.parse(JSON.stringify(deployment));
  const store = await parts.store();
  await store.put(namespace, deployment.deploymentId, value, { writer, ttlSeconds: null });
}

/** Throws `deployment.not-found`, `memory.corrupt`. */
export async function findDeployment(parts: Parts, deploymentId: string): Promise<Deployment> {
  const entry = await (await parts.store()).get(namespace, deploymentId);
  if (entry !== null) return parse("deployment", entry.value, "memory.corrupt");
  throw new SwarmError("deployment.not-found", `Cannot find ${deploymentId}: this record knows no such deployment`, {
    hint: "Run it in the folder, or with the E2B_SWARM_RECORD, in which it was deployed",
    details: { deploymentId },
  });
}

/** Throws `memory.conflict` while somebody else changes the deployment. */
export async function alone<T>(parts: Parts, deploymentId: string, work: () => Promise<T>): Promise<T> {
  const lease = (await parts.store()).lease(namespace, deploymentId);
  const answer = await lease.acquire({ holder: makeId("holder", parts.random), ttlMs: leaseMs });
  if (answer.outcome !== "held") {
    throw new SwarmError("memory.conflict", `Cannot change ${deploymentId}: somebody else is changing it`, {
      hint: "Try again when that is done",
      details: { deploymentId },
    });
  }
  try {
    return await work();
  } finally {
    await lease.release(answer.lease.token);
  }
}
