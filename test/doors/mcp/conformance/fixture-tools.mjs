// The tools, resources and prompts that the public conformance scenarios call by name. They exist for that one purpose, in the
// test folder alone: nothing of them is shipped, and the server users get never lists them.
import { setTimeout as sleep } from "node:timers/promises";
import { acceptedContent, inputRequired, inputResponse } from "@modelcontextprotocol/server";

export const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";
const text = (words) => ({ content: [{ type: "text", text: words }] });
export const object = (properties, required = Object.keys(properties)) => ({ type: "object", properties, required });
export const string = { type: "string" };

/** Schema of the JSON Schema 2020-12 scenario: keywords that a server must hand on as they are. */
export const keywords = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: string, city: string } } },
  properties: {
    name: string,
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: string,
    email: string,
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // oxlint-disable-next-line unicorn/no-thenable
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

const enums = {
  untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
  titledSingle: {
    type: "string",
    oneOf: [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${["First", "Second", "Third"][n - 1]} Option` })),
  },
  legacyEnum: {
    type: "string",
    enum: ["opt1", "opt2", "opt3"],
    enumNames: ["Option One", "Option Two", "Option Three"],
  },
  untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
  titledMulti: {
    type: "array",
    items: {
      anyOf: [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${["First", "Second", "Third"][n - 1]} Choice` })),
    },
  },
};

const defaults = {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true },
};

const sampling = (words, maxTokens) =>
  inputRequired.createMessage({ messages: [{ role: "user", content: { type: "text", text: words } }], maxTokens });
export const elicit = (message, properties) => inputRequired.elicit({ message, requestedSchema: object(properties) });
export const responses = (context) => context.mcpReq.inputResponses;
const kindOf = (context, key) => inputResponse(responses(context), key).kind;
const roundOf = (context) => context.mcpReq.requestState()?.round ?? 0;

async function steps(context, tell) {
  await tell(0);
  await sleep(50);
  await tell(1);
  await sleep(50);
  await tell(2);
}

/** Asks in the way of the era the request came in: a request of the server's own, or a result that asks. */
async function elicitDone(context, words, requestedSchema, head) {
  const { action, content } = await context.mcpReq.elicitInput({ message: words, requestedSchema });
  return text(`${head}: action=${action}, content=${JSON.stringify(content ?? {})}`);
}

/** Rows: name, properties of the input, handler. `codec` seals the state of the rounds. */
export const fixtureTools = (codec) => [
  ["test_simple_text", {}, () => text("This is a simple text response for testing.")],
  ["test_image_content", {}, () => ({ content: [{ type: "image", data: png, mimeType: "image/png" }] })],
  ["test_audio_content", {}, () => ({ content: [{ type: "audio", data: wav, mimeType: "audio/wav" }] })],
  [
    "test_embedded_resource",
    {},
    () => ({
      content: [
        {
          type: "resource",
          resource: {
            uri: "test://embedded-resource",
            mimeType: "text/plain",
            text: "This is an embedded resource content.",
          },
        },
      ],
    }),
  ],
  [
    "test_multiple_content_types",
    {},
    () => ({
      content: [
        { type: "text", text: "Multiple content types test:" },
        { type: "image", data: png, mimeType: "image/png" },
        {
          type: "resource",
          resource: {
            uri: "test://mixed-content-resource",
            mimeType: "application/json",
            text: '{"test":"data","value":123}',
          },
        },
      ],
    }),
  ],
  [
    "test_tool_with_logging",
    {},
    async (_args, context) => {
      const lines = ["Tool execution started", "Tool processing data", "Tool execution completed"];
      await steps(context, (n) => context.mcpReq.log("info", lines[n]));
      return text("Tool with logging executed");
    },
  ],
  [
    "test_logging_tool",
    {},
    async (_args, context) => {
      await context.mcpReq.log("info", "only for who asked");
      return text("logged");
    },
  ],
  [
    "test_error_handling",
    {},
    () => {
      throw new Error("This tool intentionally returns an error for testing");
    },
  ],
  [
    "test_tool_with_progress",
    {},
    async (_args, context) => {
      const progressToken = context.mcpReq._meta?.progressToken;
      const tell = (n) =>
        progressToken === undefined
          ? undefined
          : context.mcpReq.notify({
              method: "notifications/progress",
              params: { progressToken, progress: 50 * n, total: 100, message: `step ${n}` },
            });
      await steps(context, tell);
      return text("Tool with progress executed");
    },
  ],
  [
    "test_sampling",
    { prompt: string },
    async ({ prompt }, context) => {
      const { content } = await context.mcpReq.requestSampling({
        messages: [{ role: "user", content: { type: "text", text: prompt } }],
        maxTokens: 100,
      });
      return text(`LLM response: ${content.text ?? JSON.stringify(content)}`);
    },
  ],
  [
    "test_elicitation",
    { message: string },
    async ({ message }, context) => {
      const { action, content } = await context.mcpReq.elicitInput({
        message,
        requestedSchema: object({
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        }),
      });
      return text(`User response: action=${action}, content=${JSON.stringify(content ?? {})}`);
    },
  ],
  [
    "test_elicitation_sep1034_defaults",
    {},
    (_args, context) => elicitDone(context, "Defaults", object(defaults, []), "Elicitation completed"),
  ],
  [
    "test_elicitation_sep1330_enums",
    {},
    (_args, context) => elicitDone(context, "Enums", object(enums, []), "Elicitation completed"),
  ],
  [
    "test_reconnection",
    {},
    async (_args, context) => {
      await sleep(50);
      context.http?.closeSSE?.();
      await sleep(100);
      return text("Reconnection test completed");
    },
  ],
  [
    "test_missing_capability",
    {},
    // The SDK refuses the question for a client that did not declare sampling, as any question of a tool of ours is.
    (_args, context) =>
      kindOf(context, "question") === "sampling"
        ? text("sampling is declared")
        : inputRequired({ inputRequests: { question: sampling("Anything?", 50) } }),
  ],
  [
    "test_streaming_elicitation",
    {},
    (_args, context) =>
      kindOf(context, "name") === "elicit"
        ? text("done")
        : inputRequired({ inputRequests: { name: elicit("Your name?", { name: string }) } }),
  ],
  ["test_custom_header", { region: { ...string, "x-mcp-header": "Region" } }, ({ region }) => text(`region ${region}`)],
  [
    "test_input_required_result_elicitation",
    {},
    (_args, context) => {
      const name = acceptedContent(responses(context), "user_name")?.name;
      if (typeof name === "string") return text(`Hello, ${name}!`);
      return inputRequired({ inputRequests: { user_name: elicit("What is your name?", { name: string }) } });
    },
  ],
  [
    "test_input_required_result_sampling",
    {},
    (_args, context) => {
      const answer = inputResponse(responses(context), "capital_question");
      if (answer.kind === "sampling") return text(answer.result.content.text ?? JSON.stringify(answer.result.content));
      return inputRequired({ inputRequests: { capital_question: sampling("What is the capital of France?", 100) } });
    },
  ],
  [
    "test_input_required_result_list_roots",
    {},
    (_args, context) => {
      const answer = inputResponse(responses(context), "client_roots");
      if (answer.kind === "roots") return text(`Roots: ${answer.roots.map(({ uri }) => uri).join(", ")}`);
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  ],
  ...["test_input_required_result_request_state", "test_input_required_result_tampered_state"].map((name) => [
    name,
    {},
    async (_args, context) => {
      if (roundOf(context) === 1 && kindOf(context, "confirm") === "elicit") return text("state-ok");
      return inputRequired({
        inputRequests: { confirm: elicit("Please confirm", { ok: { type: "boolean" } }) },
        requestState: await codec.mint({ round: 1 }, context),
      });
    },
  ]),
  [
    "test_input_required_result_multiple_inputs",
    {},
    async (_args, context) => {
      const kinds = ["user_name", "greeting", "client_roots"].map((key) => kindOf(context, key));
      if (roundOf(context) === 1 && !kinds.includes("missing")) return text("all answers are there");
      return inputRequired({
        inputRequests: {
          user_name: elicit("What is your name?", { name: string }),
          greeting: sampling("Generate a greeting", 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await codec.mint({ round: 1 }, context),
      });
    },
  ],
  [
    "test_input_required_result_multi_round",
    {},
    async (_args, context) => {
      const round = roundOf(context);
      if (round === 2 && kindOf(context, "step2") === "elicit") return text("all rounds done");
      const second = round === 1 && kindOf(context, "step1") === "elicit";
      return inputRequired({
        inputRequests: second
          ? { step2: elicit("Step 2: What is your favorite color?", { color: string }) }
          : { step1: elicit("Step 1: What is your name?", { name: string }) },
        requestState: await codec.mint({ round: second ? 2 : 1 }, context),
      });
    },
  ],
  [
    "test_input_required_result_capabilities",
    {},
    (_args, context) => {
      if (Object.keys(responses(context) ?? {}).length > 0) return text("done");
      const declared = context.mcpReq.envelope?.["io.modelcontextprotocol/clientCapabilities"] ?? {};
      const inputRequests = {
        ...(declared.sampling === undefined ? {} : { question: sampling("Anything?", 50) }),
        ...(declared.elicitation === undefined ? {} : { name: elicit("Your name?", { name: string }) }),
      };
      return Object.keys(inputRequests).length === 0 ? text("nothing can be asked") : inputRequired({ inputRequests });
    },
  ],
];
