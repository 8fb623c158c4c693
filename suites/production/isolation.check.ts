// Isolation by attempts: each denial stands beside something that must work, so that a broken sandbox cannot look isolated.
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { check } from "../check.ts";

check("production.isolation", async ({ see, backend, create, nonce, hostFile }) => {
  const [{ sandboxId }, neighbour] = await create({ template: "python", count: 2 });
  if (neighbour === undefined) throw new Error("Invariant broken: two sandboxes were asked for");
  const run = async (command: string, id = sandboxId): Promise<string> => {
    const { stdout } = await backend.call("executeE2bProcess", { sandboxId: id, command, timeoutSeconds: 20 });
    return stdout.trim();
  };
  await see("the host name is the sandbox's own", "e2b.local", () => run("hostname"));
  await see("its own file can be read", "mine", () => run("echo mine > ~/f && cat ~/f"));
  await see("a file of the host cannot", "hidden", () =>
    run(`cat '${hostFile}' >/dev/null 2>&1 && echo visible || echo hidden`),
  );
  await see("the host's home folder shows none of its entries", "", async () => {
    const inside = new Set((await run(`ls -A '${homedir()}' 2>/dev/null; true`)).split("\n"));
    return readdirSync(homedir())
      .filter((name) => name.length > 8 && inside.has(name))
      .join(",");
  });
  const secret = nonce();
  await run(`echo ${secret} > /tmp/secret && echo ${secret} > ~/secret`, neighbour.sandboxId);
  await see("the neighbour can read its own secret", secret, () => run("cat /tmp/secret", neighbour.sandboxId));
  await see("this sandbox finds it nowhere", "0", () =>
    run(`grep -rls ${secret} /tmp /home /var /run 2>/dev/null | wc -l`),
  );
  await see("it sees its own processes", "yes", () =>
    run("sleep 61 & ps -eo args | grep -q '[s]leep 61' && echo yes; kill $!"),
  );
  await run("sleep 62 >/dev/null 2>&1 &", neighbour.sandboxId);
  await see("it sees few processes and none of the neighbour's", "yes", () =>
    run("test $(ps -e --no-headers | wc -l) -lt 20 && ! ps -eo args | grep -q '[s]leep 62' && echo yes"),
  );
  await see("its own loopback works", "ok", () =>
    run(`python3 - <<'P'
import socket
s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname()); a, _ = s.accept()
a.sendall(b"ok"); print(c.recv(2).decode())
P`),
  );
  await see("the network is off", "off", () =>
    run(`python3 - <<'P'
import socket
try:
    socket.create_connection(("1.1.1.1", 53), timeout=2); print("on")
except OSError:
    print("off")
P`),
  );
  await see("only the loopback interface exists", "lo", () => run("awk -F: 'NR>2{print $1}' /proc/net/dev | xargs"));
});
