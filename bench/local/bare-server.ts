// The bare HTTP server of the floor: reads a body, answers a small JSON object, ends when its stdin does.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume().once("end", () => {
    const body = Buffer.from(JSON.stringify({ ok: true }));
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
process.stdin.resume().once("end", () => process.exit(0));
