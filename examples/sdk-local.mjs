// A sandbox of the local server through nothing but the official SDK. Run it with the variables of the server:
//   eval "$(npx e2b-swarm local env)" && node examples/sdk-local.mjs
import assert from "node:assert/strict";
import { Sandbox } from "e2b";

const sandbox = await Sandbox.create();
const stake = "p=0.55; b=2; k=lambda b: (p*b-(1-p))/b; print(round(10000*k(b)), round(10000*k(b-1)))";
const js = "const p=0.55, k=(b)=>(p*b-(1-p))/b; console.log(Math.round(1e4*k(2)), Math.round(1e4*k(1)))";
await sandbox.files.write("kelly.py", stake);
assert.equal((await sandbox.commands.run(`python3 -c "$(cat kelly.py)"`)).stdout, "3250 1000\n");
assert.equal((await sandbox.commands.run(`node -e '${js}'`)).stdout, "3250 1000\n");
assert.equal((await sandbox.commands.run("hostname")).stdout, "e2b.local\n");
assert.equal(await sandbox.files.read("kelly.py"), stake);
assert.equal(await sandbox.kill(), true);
process.stdout.write("net odds 3250, decimal odds 1000, sandbox gone\n");
