// A client program as a user writes it: the stock SDK, configured by its environment alone. Prints one JSON line.
import { Sandbox } from "e2b/dist/index.mjs";

const streams = Number(process.argv[2]);
const sandbox = await Sandbox.create("base");
const big = Buffer.alloc(24 * 1024 * 1024);
for (let i = 0; i < big.length; i += 4096) big.writeUInt32BE(i, i);
await sandbox.files.write("/tmp/big", new Blob([big]));
const back = Buffer.from(await sandbox.files.read("/tmp/big", { format: "bytes" }));
const said = [];
const commands = await Promise.all(
  Array.from({ length: streams }, (_, i) =>
    sandbox.commands.run(`read x; echo ${i}`, {
      background: true,
      stdin: true,
      onStdout: (text) => void said.push(text),
    }),
  ),
);
await Promise.all(commands.map(async ({ pid }) => sandbox.commands.sendStdin(pid, "\n")));
await Promise.all(commands.map(async (command) => command.wait()));
await sandbox.commands.run("python3 -m http.server 8000 >/dev/null 2>&1", { background: true });
let page;
for (let i = 0; i < 20 && page?.status !== 200; i++) page = await fetch(`https://${sandbox.getHost(8000)}`);
const sleeping = await sandbox.commands.run("sleep 60", { background: true });
await sandbox.kill();
const broken = await sleeping.wait().catch((error) => error);
process.stdout.write(
  `${JSON.stringify({ same: back.equals(big), said: new Set(said.join("").split("\n")).size - 1, page: page.status, broken: `${broken.name}: ${broken.message}` })}\n`,
);
