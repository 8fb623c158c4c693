// Puts the conformance fixtures on a server: the tools, the resources and the prompts.
import { acceptedContent, fromJsonSchema, inputRequired, ResourceTemplate } from "@modelcontextprotocol/server";
import { elicit, fixtureTools, keywords, object, png, responses, string } from "./fixture-tools.mjs";

const user = (content) => ({ role: "user", content });

/** Puts everything on `server`; `codec` seals the state of the rounds. */
export function addFixtures(server, codec) {
  for (const [name, properties, run] of fixtureTools(codec)) {
    const inputSchema = fromJsonSchema(object(properties));
    server.registerTool(name, { description: "Conformance fixture", inputSchema }, run);
  }
  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "Tool with JSON Schema 2020-12 features", inputSchema: fromJsonSchema(keywords) },
    (args) => ({ content: [{ type: "text", text: JSON.stringify(args) }] }),
  );
  addResources(server);
  addPrompts(server);
  server.server.registerCapabilities({ logging: {}, completions: {}, resources: { subscribe: true } });
  for (const method of ["resources/subscribe", "resources/unsubscribe"]) {
    server.server.setRequestHandler(method, () => ({}));
  }
  server.server.setRequestHandler("completion/complete", ({ params }) => {
    const values = ["paris", "park", "party"].filter((word) => word.startsWith(params.argument.value));
    return { completion: { values, total: values.length, hasMore: false } };
  });
}

function addResources(server) {
  const plain = { description: "Conformance fixture", mimeType: "text/plain" };
  const words = "This is the content of the static text resource.";
  for (const uri of ["test://static-text", "test://watched-resource"]) {
    server.registerResource(uri, uri, plain, () => ({ contents: [{ uri, mimeType: "text/plain", text: words }] }));
  }
  server.registerResource("binary", "test://static-binary", { ...plain, mimeType: "image/png" }, () => ({
    contents: [{ uri: "test://static-binary", mimeType: "image/png", blob: png }],
  }));
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  server.registerResource("template", template, { ...plain, mimeType: "application/json" }, (uri, { id }) => ({
    contents: [
      {
        uri: uri.href,
        mimeType: "application/json",
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      },
    ],
  }));
}

function addPrompts(server) {
  const description = "Conformance fixture";
  server.registerPrompt("test_simple_prompt", { description }, () => ({
    messages: [user({ type: "text", text: "This is a simple prompt for testing." })],
  }));
  const twoArguments = fromJsonSchema(
    object({
      arg1: { type: "string", description: "First test argument" },
      arg2: { type: "string", description: "Second test argument" },
    }),
  );
  server.registerPrompt("test_prompt_with_arguments", { description, argsSchema: twoArguments }, ({ arg1, arg2 }) => ({
    messages: [user({ type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` })],
  }));
  const uriArgument = fromJsonSchema(object({ resourceUri: { type: "string", description: "URI to embed" } }));
  server.registerPrompt(
    "test_prompt_with_embedded_resource",
    { description, argsSchema: uriArgument },
    ({ resourceUri }) => ({
      messages: [
        user({
          type: "resource",
          resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        }),
        user({ type: "text", text: "Please process the embedded resource above." }),
      ],
    }),
  );
  server.registerPrompt("test_prompt_with_image", { description }, () => ({
    messages: [
      user({ type: "image", data: png, mimeType: "image/png" }),
      user({ type: "text", text: "Please analyze the image above." }),
    ],
  }));
  server.registerPrompt("test_input_required_result_prompt", { description }, (context) => {
    const given = acceptedContent(responses(context), "user_context")?.context;
    if (typeof given === "string") return { messages: [user({ type: "text", text: `Context: ${given}` })] };
    const ask = elicit("What context should the prompt use?", { context: string });
    return inputRequired({ inputRequests: { user_context: ask } });
  });
}
