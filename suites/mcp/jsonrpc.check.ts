// Raw lines that a host may send by mistake: each gets the error the protocol asks for, and the server keeps serving.
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";
import type { RawServer } from "./raw-server.ts";

check("mcp.jsonrpc", async ({ see, mcp }) => {
  const server = mcp();
  await server.initialize();
  const errorTo = async (line: string, id: unknown): Promise<number | string> => {
    server.line(line);
    const answer = await server.next((message) => "error" in message && message.id === id);
    return isRecord(answer.error) ? Number(answer.error.code) : "no error object";
  };
  await see("malformed JSON", -32_700, () => errorTo('{"jsonrpc": "2.0", "id": 1', null));
  await see("no jsonrpc member, id echoed", -32_600, () => errorTo('{"id":"a1","method":"ping"}', "a1"));
  await see("a scalar", -32_600, () => errorTo("42", null));
  await see("an empty batch", -32_600, () => errorTo("[]", null));
  await see("an unknown method, text id echoed", -32_601, () =>
    errorTo('{"jsonrpc":"2.0","id":"x","method":"no/such"}', "x"),
  );
  await see("id 0 is an id", -32_601, () => errorTo('{"jsonrpc":"2.0","id":0,"method":"no/such"}', 0));
  await see("tools/call without params", -32_602, () => codeOf(server, "tools/call"));
  await see("an unknown tool", -32_602, () => codeOf(server, "tools/call", { name: "noSuchTool", arguments: {} }));
  await see("a failing tool is a result with isError", true, async () => {
    const answer = await server.request("tools/call", {
      name: "getE2bSandboxStatus",
      arguments: { sandbox_id: "inosuchsandbox0000001" },
    });
    return isRecord(answer.result) && answer.result.isError === true;
  });
  server.line('{"jsonrpc":"2.0","method":"notifications/nobody-knows"}');
  server.line("");
  await see("an unknown notification and a blank line stay unanswered; it keeps serving", {}, async () => {
    const { result } = await server.request("ping");
    return result;
  });
  await see("each answer has exactly one of result and error", true, async () => {
    const answer = await server.request("ping");
    return "result" in answer !== "error" in answer && answer.jsonrpc === "2.0";
  });
  await server.end();
});

async function codeOf(server: RawServer, method: string, params?: object): Promise<number | string> {
  const answer = await server.request(method, params);
  return isRecord(answer.error) ? Number(answer.error.code) : "no error object";
}
