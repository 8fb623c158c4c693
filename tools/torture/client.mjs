// The calls the torture makes. Each may be cut off at any moment; what it answers then is null, never an exception.
const callMs = 10_000;

export function clientOf({ url, apiKey }) {
  const call = async (method, path, body) => {
    try {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { "x-api-key": apiKey, "content-type": "application/json" },
        signal: AbortSignal.timeout(callMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
    } catch {
      return null;
    }
  };
  return {
    health: async () => (await call("GET", "/health"))?.status === 204,
    async create() {
      const answer = await call("POST", "/v2/sandboxes", { templateID: "base", timeout: 60 });
      return answer?.status === 201 ? { id: answer.body.sandboxID, token: answer.body.envdAccessToken } : null;
    },
    pause: async ({ id }) => call("POST", `/sandboxes/${id}/pause`, {}),
    resume: async ({ id }) => call("POST", `/v2/sandboxes/${id}/connect`, { timeout: 60 }),
    snapshot: async ({ id }) => call("POST", `/sandboxes/${id}/snapshots`, {}),
    kill: async ({ id }) => call("DELETE", `/sandboxes/${id}`),
    run: async (sandbox, command) => run(url, sandbox, command),
  };
}

async function run(url, { id, token }, command) {
  const payload = Buffer.from(
    JSON.stringify({ process: { cmd: "/bin/bash", args: ["-l", "-c", command] }, stdin: false }),
  );
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  try {
    const answer = await fetch(`${url}/process.Process/Start`, {
      method: "POST",
      headers: {
        "content-type": "application/connect+json",
        "e2b-sandbox-id": id,
        "e2b-sandbox-port": "49983",
        "x-access-token": token,
      },
      body: Buffer.concat([head, payload]),
      signal: AbortSignal.timeout(callMs),
    });
    return await answer.text();
  } catch {
    return null;
  }
}
