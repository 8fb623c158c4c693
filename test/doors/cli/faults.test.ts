import { describe, expect, test } from "vitest";
import { faults, type FaultCode } from "../../../src/contracts/faults.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { stopReason } from "../../../src/doors/stop-signal.ts";
import { recordingBackend } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

describe("faults", () => {
  test.each(Object.keys(faults) as FaultCode[])("%s ends with the exit code of its row", async (code) => {
    const backend = recordingBackend({
      getE2bSandboxStatus: () => {
        throw new SwarmError(code, "Cannot do it: it is so", { hint: "Do this" });
      },
    });
    const driven = await drive(["status", "x", "--json"], { backend });
    expect(driven.code).toBe(faults[code].exitCode);
    expect(document(driven)).toMatchObject({
      ok: false,
      error: {
        code,
        message: `[${code}] Cannot do it: it is so`,
        hint: "Do this",
        retryable: faults[code].retry !== "never",
      },
      meta: { target: "local", isolation: "bwrap" },
    });
    expect(driven.stderr).toBe(`error [${code}] Cannot do it: it is so\nhint  Do this\n`);
    expect(backend.closed()).toBe(1);
  });

  test("what is no SwarmError is a defect, and a key in it is not shown", async () => {
    const backend = recordingBackend({
      listE2bSandboxes: () => {
        throw new Error("sent e2b_0123456789abcdef");
      },
    });
    const driven = await drive(["list", "--json"], { backend });
    expect(driven.code).toBe(1);
    expect(driven.stdout + driven.stderr).not.toContain("0123456789abcdef");
    expect(document(driven).error.code).toBe("internal");
  });

  test("a backend that does not open is reported with its own code", async () => {
    const driven = await drive(["list", "--json", "--target", "cloud"], {
      openBackend: async () => {
        throw new SwarmError("auth.missing", "Cannot reach the cloud: E2B_API_KEY is not set");
      },
    });
    expect(driven.code).toBe(4);
    expect(document(driven)).toMatchObject({ error: { code: "auth.missing" }, meta: { target: "cloud" } });
  });
});

describe("interruption", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s aborts the call, waits for its cleanup and exits %d", async (name, code) => {
    const stop = new AbortController();
    let cleaned = false;
    const backend = recordingBackend({
      createE2bSandbox: async (_input, { signal }) => {
        stop.abort(stopReason(name));
        await new Promise((resolve) => setImmediate(resolve));
        cleaned = signal?.aborted === true;
        throw new SwarmError("cancelled", "Stopped: nothing was left behind");
      },
    });
    const driven = await drive(["create", "--json"], { backend, signal: stop.signal });
    expect([driven.code, cleaned, backend.closed()]).toEqual([code, true, 1]);
    expect(document(driven).error.code).toBe("cancelled");
  });

  test("a library that throws the abort's own reason shows the same fault", async () => {
    const stop = new AbortController();
    const backend = recordingBackend({
      createE2bSandbox: (_input, { signal }) => {
        stop.abort(stopReason("SIGTERM"));
        signal?.throwIfAborted();
      },
    });
    const driven = await drive(["create"], { backend, signal: stop.signal });
    expect([driven.code, driven.stderr]).toEqual([
      143,
      "error [cancelled] Stopped by SIGTERM before the work ended\nhint  Run `e2b-swarm list` to see what is running\n",
    ]);
  });

  test("an abort that a library wraps in an error of its own is the interruption too", async () => {
    const stop = new AbortController();
    const backend = recordingBackend({
      createE2bSandbox: () => {
        stop.abort(stopReason("SIGINT"));
        throw new Error("fetch failed");
      },
    });
    const driven = await drive(["create", "--json"], { backend, signal: stop.signal });
    expect([driven.code, document(driven).error.code]).toEqual([130, "cancelled"]);
  });
});
