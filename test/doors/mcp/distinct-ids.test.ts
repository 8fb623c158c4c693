// A late answer to a question of an earlier life must not answer a question of this one.
import { InMemoryTransport, type JSONRPCMessage } from "@modelcontextprotocol/server";
import { expect, test } from "vitest";
import { withDistinctIds } from "../../../src/doors/mcp/distinct-ids.ts";

test("ids of the server's requests belong to one life; only answers to it come in", async () => {
  const [client, inner] = InMemoryTransport.createLinkedPair();
  const outer = withDistinctIds(inner, "life2");
  const atServer: JSONRPCMessage[] = [];
  const atClient: JSONRPCMessage[] = [];
  Object.assign(outer, { onmessage: (message: JSONRPCMessage) => atServer.push(message) });
  Object.assign(client, { onmessage: (message: JSONRPCMessage) => atClient.push(message) });
  await outer.start();
  await client.start();
  await outer.send({ jsonrpc: "2.0", id: 0, method: "elicitation/create" });
  await outer.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 0 } });
  await outer.send({ jsonrpc: "2.0", id: 0, result: {} });
  for (const id of ["life1:0", 0, "life2:0"]) await client.send({ jsonrpc: "2.0", id, result: {} });
  await client.send({ jsonrpc: "2.0", id: 5, method: "ping" });
  expect(atClient).toEqual([
    { jsonrpc: "2.0", id: "life2:0", method: "elicitation/create" },
    { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "life2:0" } },
    { jsonrpc: "2.0", id: 0, result: {} },
  ]);
  expect(atServer).toEqual([
    { jsonrpc: "2.0", id: 0, result: {} },
    { jsonrpc: "2.0", id: 5, method: "ping" },
  ]);
});
