// The front's memory of a connection, message by message.
import { expect, test } from "vitest";
import type { Message } from "../../../../src/doors/mcp/front/interrupted.ts";
import { openRelay } from "../../../../src/doors/mcp/front/relay.ts";

function begin() {
  const host: Message[] = [];
  const worker: Message[] = [];
  const relay = openRelay((message) => host.push(message));
  const up = (): void => relay.up((message) => worker.push(message));
  /** What arrived since the last look. */
  const take = () => ({ host: host.splice(0), worker: worker.splice(0) });
  return { relay, up, take };
}

const call = (id: unknown, name: string, more: object = {}): Message => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, ...more },
});
const result = (id: unknown): Message => ({ jsonrpc: "2.0", id, result: {} });
const cutOff = (id: unknown) => expect.objectContaining({ id, error: expect.objectContaining({ code: -32603 }) });

test("messages wait for the first worker and keep their order", () => {
  const { relay, up, take } = begin();
  relay.fromHost(call(1, "getVersion"));
  relay.fromHost(call(2, "createE2bSandbox"));
  expect(take()).toEqual({ host: [], worker: [] });
  up();
  expect(take().worker.map(({ id }) => id)).toEqual([1, 2]);
  relay.fromWorker(result(2));
  expect(take().host).toEqual([result(2)]);
});

test("what never reached a worker that died is sent to the next one, whatever it is", () => {
  const { relay, up, take } = begin();
  up();
  relay.down();
  relay.fromHost(call(1, "createE2bSandbox"));
  relay.down();
  expect(take()).toEqual({ host: [], worker: [] });
  up();
  expect(take().worker).toEqual([call(1, "createE2bSandbox")]);
});

test("a look is repeated once, without its progress token; a deed is answered with an error", () => {
  const { relay, up, take } = begin();
  up();
  relay.fromHost(call("look", "list_e2b_sandboxes", { _meta: { progressToken: 1, other: 2 } }));
  relay.fromHost(call("deed", "terminate_e2b_sandbox"));
  relay.fromHost({ jsonrpc: "2.0", id: "list", method: "tools/list" });
  take();
  relay.down();
  expect(take().host).toEqual([cutOff("deed")]);
  up();
  expect(take().worker).toEqual([
    call("look", "list_e2b_sandboxes", { _meta: { other: 2 } }),
    { jsonrpc: "2.0", id: "list", method: "tools/list" },
  ]);
  relay.down();
  expect(take().host).toEqual([cutOff("look"), cutOff("list")]);
});

test("the next worker is introduced before it gets anything, and its answers to that stay here", () => {
  const { relay, up, take } = begin();
  const initialize: Message = {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { protocolVersion: "2025-11-25" },
  };
  const initialized: Message = { jsonrpc: "2.0", method: "notifications/initialized" };
  const level: Message = { jsonrpc: "2.0", id: 1, method: "logging/setLevel", params: { level: "error" } };
  up();
  for (const message of [initialize, initialized, level]) relay.fromHost(message);
  relay.fromWorker(result(0));
  relay.fromWorker(result(1));
  take();
  relay.down();
  relay.fromHost(call(2, "getVersion"));
  up();
  const own = "e2b-swarm/restart";
  expect(take()).toEqual({ host: [], worker: [{ ...initialize, id: own }] });
  relay.fromWorker(result(own));
  expect(take()).toEqual({ host: [], worker: [initialized, { ...level, id: `${own}/level` }, call(2, "getVersion")] });
  relay.fromWorker(result(`${own}/level`));
  relay.fromWorker(result(2));
  expect(take()).toEqual({ host: [result(2)], worker: [] });
});

test("a look is sent once to the worker that answers, also when one died before it was introduced", () => {
  const { relay, up, take } = begin();
  up();
  relay.fromHost({ jsonrpc: "2.0", id: 0, method: "initialize", params: {} });
  relay.fromWorker(result(0));
  relay.fromHost(call(1, "getVersion"));
  relay.down();
  up();
  relay.down();
  up();
  take();
  relay.fromWorker(result("e2b-swarm/restart"));
  expect(take().worker).toEqual([call(1, "getVersion")]);
});

test("a question of a worker that died is taken back", () => {
  const { relay, up, take } = begin();
  up();
  relay.fromWorker({ jsonrpc: "2.0", id: "life:0", method: "elicitation/create", params: {} });
  relay.fromWorker({ jsonrpc: "2.0", id: "life:1", method: "elicitation/create", params: {} });
  relay.fromHost(result("life:1"));
  take();
  relay.down();
  expect(take().host).toMatchObject([{ method: "notifications/cancelled", params: { requestId: "life:0" } }]);
});

test("a cancelled request is not answered, and an id in use is refused", () => {
  const { relay, up, take } = begin();
  up();
  relay.fromHost(call(1, "createE2bSandbox"));
  relay.fromHost(call(1, "createE2bSandbox"));
  expect(take()).toMatchObject({ host: [{ id: 1, error: { code: -32600 } }], worker: [{ id: 1 }] });
  relay.fromHost({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  relay.fromWorker(result(1));
  relay.down();
  expect(take().host).toEqual([]);
});

test("no more is held than the limit, and the rest is answered", () => {
  const { relay, take } = begin();
  for (let id = 0; id < 1_002; id += 1) relay.fromHost(call(id, "createE2bSandbox"));
  expect(take().host).toEqual([cutOff(1_000), cutOff(1_001)]);
  relay.fail();
  expect(take().host).toHaveLength(1_000);
});
