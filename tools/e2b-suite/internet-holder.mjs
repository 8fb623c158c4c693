// Runs inside the fresh namespaces of the test internet: raises loopback, gives it the hosts' addresses, serves them, and
// lets this mount namespace alone trust their authority and ask their resolver. Ends when stdin closes.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { appendFileSync, cpSync, existsSync, mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { answerTo } from "./tiny-dns.mjs";
import { makeHostCertificate } from "./host-certificate.mjs";

const [folder] = process.argv.slice(2);

/** How the real ones answer a plain GET, as far as the suite looks. */
const hosts = [
  { address: "1.1.1.1", names: [], status: 301 },
  { address: "8.8.8.8", names: [], status: 302 },
  { address: "198.51.100.10", names: ["connectivitycheck.gstatic.com"], status: 204 },
];
/** Addresses of a range that is set aside for documentation. */
const resolver = "198.51.100.53";

function assertOwnNetwork() {
  const links = JSON.parse(execFileSync("ip", ["-json", "link"], { encoding: "utf8" }));
  const own = readlinkSync("/proc/self/ns/net");
  const parent = readlinkSync(`/proc/${process.ppid}/ns/net`);
  const others = links.filter((link) => link.ifname !== "lo" && link.flags.includes("UP"));
  if (own === parent || others.length > 0)
    throw new Error("the test internet must be in a network namespace of its own");
}

function bind(source, target) {
  execFileSync("mount", ["--bind", source, target]);
}

function trust(authority) {
  const certs = join(folder, "certs");
  if (existsSync("/etc/ssl/certs")) {
    cpSync("/etc/ssl/certs", certs, { recursive: true, verbatimSymlinks: true });
    appendFileSync(join(certs, "ca-certificates.crt"), `\n${authority}`);
    bind(certs, "/etc/ssl/certs");
  }
  const resolvers = join(folder, "resolv.conf");
  writeFileSync(resolvers, `nameserver ${resolver}\n`);
  bind(resolvers, "/etc/resolv.conf");
}

async function serve(host, { key, cert }) {
  const server = createServer({ key, cert }, (_request, response) => {
    response.writeHead(
      host.status,
      host.status === 204 ? {} : { location: `https://${host.address}/`, "content-length": 0 },
    );
    response.end();
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(443, host.address, resolve));
}

async function resolveNames() {
  const names = new Map(hosts.flatMap(({ address, names }) => names.map((name) => [name, address])));
  const socket = createSocket("udp4", (query, from) => {
    const answer = answerTo(query, names);
    if (answer !== null) socket.send(answer, from.port, from.address);
  });
  await new Promise((resolve, reject) => socket.once("error", reject).bind(53, resolver, resolve));
}

mkdirSync(folder, { recursive: true });
assertOwnNetwork();
execFileSync("ip", ["link", "set", "lo", "up"]);
for (const address of [...hosts.map((host) => host.address), resolver])
  execFileSync("ip", ["address", "add", `${address}/32`, "dev", "lo"]);
const made = await makeHostCertificate(hosts);
trust(made.authority);
for (const host of hosts) await serve(host, made);
await resolveNames();
process.stdout.write("ready\n");
process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
