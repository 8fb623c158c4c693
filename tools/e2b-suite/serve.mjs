// The server process of a suite run: says where it listens in one JSON line, ends with everything when stdin closes.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { project, mode, isolation, home } = JSON.parse(process.argv[2]);
const load = async (path) => import(pathToFileURL(join(project, "dist/src/local", path)).href);
const { startLocalServer } = await load("server.js");
const { labelText } = await load("isolation/backend.js");
const { localEnvironment, secureEnvironment } = await load("environment.js");

const log = {
  write: (level, message, fields) => process.stderr.write(`${level} ${message} ${JSON.stringify(fields ?? {})}\n`),
};
const server = await startLocalServer({ isolation, log, tls: { folder: join(home, "tls") } });
await server.ready();
const secure = secureEnvironment(server);
// Seven cases fetch https://<getHost>: in plain mode too they need the authority and the names, and nothing else of TLS.
const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS } = secure;
const env = mode === "tls" ? secure : { ...localEnvironment(server), NODE_EXTRA_CA_CERTS, NODE_OPTIONS };
process.stdout.write(`${JSON.stringify({ env, label: labelText(server.label) })}\n`);
process.stdin.resume();
process.stdin.once("end", () => void server.close().then(() => process.exit(0)));
