// The server process of a suite run: says where it listens in one JSON line, ends with everything when stdin closes.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { project, mode, isolation } = JSON.parse(process.argv[2]);
const load = async (path) => import(pathToFileURL(join(project, "dist/src/local", path)).href);
const { startLocalServer } = await load("server.js");
const { labelText } = await load("isolation/backend.js");
const { localEnvironment } = await load("environment.js");

if (mode === "tls") throw new Error("TLS is not served yet");
const log = {
  write: (level, message, fields) => process.stderr.write(`${level} ${message} ${JSON.stringify(fields ?? {})}\n`),
};
const server = await startLocalServer({ isolation, log });
await server.ready();
process.stdout.write(`${JSON.stringify({ env: localEnvironment(server), label: labelText(server.label) })}\n`);
process.stdin.resume();
process.stdin.once("end", () => void server.close().then(() => process.exit(0)));
