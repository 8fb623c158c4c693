// What a lease can leave behind, on a real server: each is gone after a reset, or the sandbox is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { connectionTo } from "../../../src/sandboxes/connection.ts";
import { openLeaseBook } from "../../../src/sandboxes/lease-book.ts";
import { managerOff } from "../../../src/sandboxes/manager-settings.ts";
import type { Sandboxes } from "../../../src/sandboxes/open-sandboxes.ts";
import { openReach, type Reach } from "../../../src/sandboxes/reach.ts";
import type { Baseline } from "../../../src/sandboxes/reset/baseline.ts";
import { censusScript } from "../../../src/sandboxes/reset/census-script.ts";
import { resetSandbox, takeBaseline } from "../../../src/sandboxes/reset/reset-sandbox.ts";
import { noBwrap } from "../../local/harness.ts";
import { localTarget, type LocalTarget } from "../local-target.ts";

describe.skipIf(noBwrap !== null)(`a sandbox between two leases (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  let sandboxes: Sandboxes;
  let reach: Reach;
  let sandboxId: string;
  let baseline: Baseline;
  const start = async (): Promise<void> => {
    ({ sandboxId } = await sandboxes.create({ template: "node", envVars: { ROLE: "x" } }));
    baseline = await takeBaseline(reach, sandboxId);
  };
  beforeAll(async () => {
    local = await localTarget();
    sandboxes = local.open();
    const { target } = local;
    const host = { clock: realClock, random: systemRandom, log: silentLog, owner: "reset", settings: managerOff };
    reach = openReach({ ...host, connection: connectionTo(target), book: openLeaseBook(realClock, 1) });
    await start();
  });
  afterAll(() => local.close());

  const run = async (command: string): Promise<string> => (await sandboxes.execute(sandboxId, { command })).stdout;
  const seen = `ls -lAR --time-style=+ /home /tmp /var/tmp /dev/shm; ps -eo pid=,comm= | grep -v -e bash -e ps -e sort -e ' grep' -e mkfifo; env | sort; ipcs -m -q -s | grep -c 0x; ls -lA --time-style=+ /dev/mqueue`;

  it.each([
    [
      "files in the home, in /tmp, /var/tmp and shared memory",
      "echo x | tee ~/a /tmp/b /var/tmp/c /dev/shm/d; mkdir -p ~/x/y; ln -s /etc/passwd ~/l",
    ],
    [
      "hidden files, odd names and folders closed to everybody",
      "mkdir -p ~/.swarm; touch ~/.hidden $'/tmp/two\\nlines' /tmp/-rf; mkdir ~/closed && touch ~/closed/a && chmod 000 ~/closed",
    ],
    [
      "a changed shell profile",
      "echo 'export LEFT=behind; alias ls=false; cd /tmp' | tee ~/.profile ~/.bash_profile ~/.bashrc",
    ],
    ["a login shell that ends at once", "echo 'exit 3' > ~/.bash_profile"],
    ["a program in the background", "sleep 1000 >/dev/null 2>&1 & disown"],
    ["a program in a session of its own", "setsid nohup sleep 1000 >/dev/null 2>&1 &"],
    [
      "programs that ignore signals and start others",
      "(trap '' TERM HUP INT; while :; do (sleep 0.05; sleep 1000) & sleep 0.2; done) >/dev/null 2>&1 &",
    ],
    ["a stopped program", "sleep 1000 >/dev/null 2>&1 & kill -STOP $!"],
    ["a hidden process behind a name of ours", "bash -c 'exec -a /opt/e2b/bin/node sleep 1000' >/dev/null 2>&1 &"],
    ["shared memory of System V", "ipcmk -M 4096 && ipcmk -Q && ipcmk -S 1"],
    ["a message queue of POSIX", "touch /dev/mqueue/left"],
    ["a message queue of root's", "sudo touch /dev/mqueue/left && sudo chmod 600 /dev/mqueue/left"],
    ["a listening port", "node -e 'require(\"net\").createServer().listen(3456)' >/dev/null 2>&1 & sleep 0.3"],
    ["a changed mode of the home itself", "chmod 777 ~; touch ~/x"],
  ])("nothing is left of %s", async (_what, leave) => {
    const before = await run(seen);
    await sandboxes.execute(sandboxId, { command: leave, timeoutSeconds: 10 });
    await resetSandbox(reach, sandboxId, baseline);
    expect(await run(seen)).toBe(before);
  });

  it("files of the template in the home are laid again as they were", async () => {
    await run(
      "echo 'export FROM=template' > ~/.profile; mkdir -m 750 ~/data; printf 'a b' > ~/data/kept; ln -s kept ~/data/link",
    );
    const own = await takeBaseline(reach, sandboxId);
    const state =
      "cat ~/.profile; stat -c '%n %a %U %s' ~/data ~/data/*; readlink ~/data/link; cat ~/data/kept; env | sort";
    const before = await run(state);
    await run("rm -rf ~/data; echo 'export FROM=tenant' > ~/.profile");
    await resetSandbox(reach, sandboxId, own);
    expect(await run(state)).toBe(before);
    await resetSandbox(reach, sandboxId, baseline);
  });

  it.each([
    [
      "a file that only root can write",
      "sudo sh -c 'echo 127.0.0.1 evil >> /etc/hosts'",
      "files changed that only root may change",
    ],
    [
      "the profile of every user",
      "sudo sh -c 'echo export LEFT=1 >> /etc/profile'",
      "files changed that only root may change",
    ],
    [
      "a program of root's",
      "sudo sh -c 'printf x > /usr/local/x || printf x > /opt/x'",
      "files changed that only root may change",
    ],
    [
      "a file in a mount below a place where the system writes",
      "sudo sh -c 'chmod 755 /run/e2b && echo x > /run/e2b/left && chmod 666 /run/e2b/left'",
      "files changed that only root may change",
    ],
    [
      "a second link to a file of root's",
      "sudo ln /etc/hosts /home/user/hosts",
      "files changed that only root may change",
    ],
  ])("%s cannot be proven clean", async (_what, leave, sentence) => {
    await run(leave);
    await expect(resetSandbox(reach, sandboxId, baseline)).rejects.toMatchObject({
      code: "sandbox.unclean",
      message: expect.stringContaining(sentence),
    });
    await sandboxes.terminate(sandboxId);
    await start();
  });

  it("a program of root's in the background is ended like any other", async () => {
    await run("sudo setsid sleep 1000 >/dev/null 2>&1 &");
    await resetSandbox(reach, sandboxId, baseline);
    expect(await run("pgrep -c sleep")).toBe("0\n");
  });

  it.each([
    ["sort", "processes"],
    ["find", "rest"],
    ["sha256sum", "rest"],
    ["cat", "kernel"],
    ["tar", "pack"],
  ])("a census whose %s fails does not tell what it saw until then", async (tool, part) => {
    const script = `${tool}() { command ${tool} "$@"; return 1; }\n${censusScript({ nonce: "n", baseline: null })}`;
    const doing = { what: "count with a broken tool", about: "command" } as const;
    const census = reach.use(sandboxId, doing, async ({ sandbox }) => {
      const { exitCode, stdout, stderr } = await sandbox.commands
        .run(script, { user: "root", background: true })
        .then((handle) => handle.wait().catch(() => handle));
      return { exitCode, isWhole: stdout.includes("n end"), stderr };
    });
    const stderr = expect.stringContaining(`its ${part} cannot be counted`);
    expect(await census).toEqual({ exitCode: 9, isWhole: false, stderr });
  });

  it("queues that no mount shows cannot be counted", async () => {
    const script = censusScript({ nonce: "n", baseline: null });
    // As gVisor is: the kernel has them, and nothing below /dev shows them.
    const blind = script.replaceAll("!= mqueue", "!= mqueue-of-another-name");
    const doing = { what: "count without queues", about: "command" } as const;
    const census = reach.use(sandboxId, doing, ({ sandbox }) => sandbox.commands.run(blind, { user: "root" }));
    await expect(census).rejects.toMatchObject({ cause: { exitCode: 9 } });
  });

  it("a baseline of other files, processes or variables is not met", async () => {
    const others: Partial<Baseline>[] = [
      { parts: { ...baseline.parts, scratch: "0".repeat(64) } },
      { parts: { ...baseline.parts, kernel: "0".repeat(64) } },
      { parts: { ...baseline.parts, environment: "0".repeat(64) } },
    ];
    for (const other of others) {
      await expect(resetSandbox(reach, sandboxId, { ...baseline, ...other })).rejects.toMatchObject({
        code: "sandbox.unclean",
      });
    }
  });

  it("a sandbox that is gone says so", async () => {
    const { sandboxId: gone } = await sandboxes.create();
    await sandboxes.terminate(gone);
    await expect(resetSandbox(reach, gone, baseline)).rejects.toMatchObject({ code: "sandbox.not-found" });
  });
});
