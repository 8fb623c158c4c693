// How a program stands up to faults, with nothing but the official SDK and fetch. Run it with the variables of the server:
//   eval "$(npx e2b-swarm local env --faults)" && node examples/faults-local.mjs
import assert from "node:assert/strict";
import { RateLimitError, Sandbox, ServiceBusyError } from "e2b";

const { E2B_SWARM_FAULTS_URL: url, E2B_SWARM_FAULTS_TOKEN: token } = process.env;
assert.ok(token, "start the server with its fault plane: e2b-swarm local start --faults");

async function faults(method, path = "", plan) {
  const response = await fetch(`${url}/e2b-swarm/faults${path}`, {
    method,
    headers: { "x-e2b-swarm-admin": token, "content-type": "application/json" },
    body: plan && JSON.stringify(plan),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}

await faults("DELETE");

// The admin route: the next two creates are told to come back at once. The SDK does, and nobody notices.
const busy = {
  action: { kind: "answer", status: 429, retryAfterSeconds: 0 },
  match: { operation: "create" },
  count: 2,
};
const { id: polite } = await faults("POST", "", busy);
const sandbox = await Sandbox.create();
const seen = await faults("GET", `/${polite}`);
assert.deepEqual([seen.state, seen.observed, seen.effect], ["triggered", 2, "did-not-happen"]);

// Sentinel metadata asks for the same without a second connection, and no template has to know.
await assert.rejects(Sandbox.create({ metadata: { "e2b-swarm.fault": "429" } }), RateLimitError);
await assert.rejects(Sandbox.create({ metadata: { "e2b-swarm.fault": "503" } }), ServiceBusyError);

// An answer that got lost: the command did run. Only the record can tell, and it does.
const lost = {
  action: { kind: "drop", when: "after-effect" },
  match: { operation: "run", sandboxId: sandbox.sandboxId },
};
const { id: dropped } = await faults("POST", "", lost);
await assert.rejects(sandbox.commands.run("echo bought >> orders"));
assert.equal((await faults("GET", `/${dropped}`)).effect, "happened");
while (!(await sandbox.files.exists("orders"))) await new Promise((resolve) => setTimeout(resolve, 20));
assert.equal((await sandbox.commands.run("cat orders")).stdout, "bought\n");

// The sandbox dies under a command.
const death = { action: { kind: "kill", when: "mid-answer", afterBytes: 100 }, match: { operation: "run" } };
await faults("POST", "", death);
await assert.rejects(sandbox.commands.run("while :; do echo on; sleep 0.01; done"));
assert.equal(await sandbox.isRunning(), false);

await faults("DELETE");
process.stdout.write("retried twice, refused twice, one answer lost after its effect, one sandbox killed\n");
