import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox } from "e2b/dist/index.mjs";
import { noBwrap, only, outputOf, runFolders, startLocal, type Local } from "../harness.ts";

interface Status {
  readonly status: string;
  readonly reason?: { readonly message: string; readonly step?: string };
  readonly logEntries: readonly { readonly message: string }[];
}

describe.skipIf(noBwrap !== null)(`hostile builds (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let runParent: string;
  let work: string;
  beforeAll(async () => {
    runParent = mkdtempSync(join(tmpdir(), "h-"));
    execFileSync("chmod", ["755", runParent]);
    work = mkdtempSync(join(tmpdir(), "hostile-"));
    local = await startLocal({ spares: 0, runParent });
  });
  afterAll(async () => {
    await local?.server.close();
    expect(runFolders(runParent)).toEqual([]);
    for (const folder of [runParent, work]) rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(local.server.url + path, {
      method,
      headers: { "x-api-key": local.server.apiKey, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const request = async (name: string): Promise<{ templateID: string; buildID: string }> =>
    (await ask("POST", "/v3/templates", { name })).json() as Promise<{ templateID: string; buildID: string }>;
  const hash = (digit: string): string => digit.repeat(64);
  const upload = async (templateId: string, name: string, bytes: Buffer): Promise<number> => {
    const { url } = (await (await ask("GET", `/templates/${templateId}/files/${name}`)).json()) as { url: string };
    return (await fetch(url, { method: "PUT", body: new Uint8Array(bytes) })).status;
  };
  const build = async (name: string, steps: unknown[], made = request(name)): Promise<Status> => {
    const { templateID, buildID } = await made;
    const path = `/templates/${templateID}/builds/${buildID}`;
    expect((await ask("POST", `/v2${path}`, { fromImage: "base", steps })).status).toBe(202);
    for (;;) {
      const status = (await (await ask("GET", `${path}/status`)).json()) as Status;
      if (status.status !== "building") return status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it("unpacks an archive that aims outside in the build's own cell, and the host keeps its files", async () => {
    writeFileSync(join(work, "victim"), "untouched");
    mkdirSync(join(work, "pack"));
    symlinkSync(work, join(work, "pack/link"));
    writeFileSync(join(work, "evil"), "overwritten");
    const tar = join(work, "evil.tar");
    const packed = join(work, "pack");
    execFileSync("tar", ["-C", packed, "-cf", tar, "link"]);
    for (const name of ["link/victim", `../../../../../../../..${work}/victim`, `${work}/victim`])
      execFileSync("tar", ["-P", "-C", work, "-rf", tar, `--transform=s|.*|${name}|`, "evil"]);
    const { templateID, buildID } = await request("evil-tar");
    expect(await upload(templateID, hash("a"), readFileSync(tar))).toBe(200);
    const steps = [{ type: "COPY", args: [".", "placed", "", ""], filesHash: hash("a") }];
    await build("evil-tar", steps, Promise.resolve({ templateID, buildID }));
    expect(readFileSync(join(work, "victim"), "utf8")).toBe("untouched");
  });

  it("keeps names, owners and modes of steps from being code", async () => {
    const marker = "/tmp/marker";
    const { templateID, buildID } = await request("quoting");
    execFileSync("tar", ["-C", work, "-cf", join(work, "one.tar"), "evil"]);
    expect(await upload(templateID, hash("b"), readFileSync(join(work, "one.tar")))).toBe(200);
    const place = `p'"; touch ${marker}; \`touch ${marker}\` $(touch ${marker})`;
    const good = await build(
      "quoting",
      [
        { type: "COPY", args: ["evil", `/opt/${place}/x`, "", ""], filesHash: hash("b") },
        { type: "WORKDIR", args: [`/srv/${place}`] },
        { type: "ENV", args: ["A", place] },
      ],
      Promise.resolve({ templateID, buildID }),
    );
    expect(good).toMatchObject({ status: "ready" });
    const sandbox = await Sandbox.create("quoting", local.options);
    expect((await outputOf(sandbox, `ls ${marker}; pwd; echo "$A"; cat "/opt/$A/x"`)).out).toBe(
      `/srv/${place}\n${place}\noverwritten`,
    );
    await sandbox.kill();
    const user = await build("quoting-user", [{ type: "USER", args: [`; touch ${marker}`] }]);
    expect(user).toMatchObject({ status: "error", reason: { step: "1" } });
    const owner = [{ type: "COPY", args: ["evil", "x", "nobody-there", ""], filesHash: hash("b") }];
    expect(await build("quoting-owner", owner)).toMatchObject({ status: "error", reason: { step: "1" } });
    const mode = [{ type: "COPY", args: ["evil", "x", "", "0644; id"], filesHash: hash("b") }];
    expect((await build("quoting-mode", mode)).reason?.message).toBe("COPY: '0644; id' is not an octal mode");
    const out = [{ type: "COPY", args: ["../../etc", "x", "", ""], filesHash: hash("b") }];
    expect((await build("quoting-out", out)).reason?.message).toBe("COPY: the path '../../etc' leaves the context folder");
    const none = [{ type: "COPY", args: ["x", "x", "", ""], filesHash: hash("c") }];
    expect((await build("not-uploaded", none)).reason?.message).toBe("COPY: the files of 'x' were not uploaded");
  });

  it("takes uploads only at addresses it gave out, unchanged and in time", async () => {
    const { templateID } = await request("addresses");
    const { url } = (await (await ask("GET", `/templates/${templateID}/files/${hash("d")}`)).json()) as { url: string };
    const put = async (to: string): Promise<number> => (await fetch(to, { method: "PUT", body: "x" })).status;
    expect(await put(url.replace(hash("d"), hash("e")))).toBe(403);
    expect(await put(url.replace(/expires=\d+/, "expires=99999999999999"))).toBe(403);
    expect(await put(url.replace(/signature=./, "signature=x"))).toBe(403);
    expect(await put(`${local.server.url}/upload/x/../../etc/passwd`)).not.toBe(200);
    expect((await ask("GET", `/templates/${templateID}/files/short`)).status).toBe(400);
    expect((await ask("GET", `/templates/base/files/${hash("d")}`)).status).toBe(403);
    expect(await put(url)).toBe(200);
    expect(existsSync(join(only(runParent), "uploads"))).toBe(true);
  });

  it("bounds what a build prints, and still says how it ended", async () => {
    const flood = "yes 0123456789012345678901234567890123456789 | head -c 30000000; echo; echo last >&2; exit 7";
    const status = await build("flood", [{ type: "RUN", args: [flood] }]);
    expect(status).toMatchObject({ status: "error", reason: { step: "1" } });
    expect(status.reason?.message).toMatch(/exit status 7$/);
    const { templateID } = (await (await ask("GET", "/templates/aliases/flood")).json()) as { templateID: string };
    const { builds } = (await (await ask("GET", `/templates/${templateID}`)).json()) as { builds: { buildID: string }[] };
    const path = `/templates/${templateID}/builds/${builds[0]?.buildID}/logs?direction=backward&limit=2`;
    const { logs } = (await (await ask("GET", path)).json()) as { logs: { message: string; level: string }[] };
    expect(logs.map(({ level }) => level)).toEqual(["error", "warn"]);
    expect(logs[1]?.message).toBe("The log is full: what follows is not kept");
  });
});
