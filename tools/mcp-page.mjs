// docs/mcp.md from what the built server itself lists, so that the page can say nothing the server does not.
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const built = (path) => import(join(root, "dist/src/doors/mcp", path));

/** The text of the page. */
export async function mcpPage() {
  const { listTools } = await built("tools.js");
  const { listPrompts } = await built("prompts.js");
  const { listResourceTemplates, swarmUri } = await built("resources.js");
  const { operationTable } = await import(join(root, "dist/src/backend/operations/table.js"));
  const { mcpCommand } = await import(join(root, "dist/src/doors/cli/commands/mcp.js"));
  const tools = listTools();
  const rows = tools.map((tool) => {
    const { annotations: hints } = tool;
    const words = [
      hints.readOnlyHint ? "looks" : hints.destructiveHint ? "destroys" : "changes",
      hints.idempotentHint ? "repeatable" : "",
      hints.openWorldHint ? "" : "this machine only",
    ];
    const scope = hints.readOnlyHint ? "read" : "operate";
    return `| [\`${tool.name}\`](#${tool.name.toLowerCase()}) | ${tool.description} | ${words.filter((word) => word !== "").join(", ")} | ${tool._meta["e2b-swarm/cost"]} | ${tool._meta["e2b-swarm/latency"]} | ${scope} |`;
  });
  const sections = tools.map((tool) =>
    section(
      tool,
      operationTable.find(({ name }) => name === tool.name),
    ),
  );
  const options = mcpCommand.options.map(({ flags, text }) => `| \`${flags}\` | ${text} |`);
  const templates = listResourceTemplates().resourceTemplates.map(
    ({ uriTemplate, description, mimeType }) => `| \`${uriTemplate}\` | ${description} | ${mimeType} |`,
  );
  const prompts = listPrompts().prompts.map(({ name, description, arguments: list }) => {
    const given = list.map((row) => `\`${row.name}\`${row.required ? "" : "?"} (${row.description})`);
    return `| \`${name}\` | ${description} | ${given.join("; ")} |`;
  });
  return `# The MCP server

Generated from what the server lists (\`node tools/docs.mjs\`); do not edit.

\`\`\`bash
${mcpCommand.examples.join("\n")}
\`\`\`

On stdin and stdout, or with \`--http\` at \`/mcp\`. Revisions 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25 and 2026-07-28, on both.

| option | meaning |
|---|---|
${options.join("\n")}

## Rules

- **Names.** Tools in camelCase, arguments in snake_case, results in the library's camelCase. Booleans and objects are themselves.
- **Failures.** A tool that fails answers with \`isError\` and \`{ code, message, hint, retryable, field? }\`; the codes are in
  [faults.md](faults.md). An unknown tool, prompt or resource is the JSON-RPC error -32602; malformed messages get -32700 or -32600
  and the connection goes on; batches are refused with -32600.
- **Confirmation.** A tool that destroys asks the person through the client (elicitation). A client that cannot ask gets
  \`usage.confirm\`; with \`force: true\` it is done without asking.
- **One call, one effect.** \`_meta: { "e2b-swarm/idempotency_key": "<random>" }\` makes a call happen once however often it is sent;
  its result is given again for a day.
- **Restarts.** The work is done by a process of its own. When it dies, calls that only look are asked again, every other call in
  flight ends with -32603 and \`data.restarted\`, and the next call succeeds. Over HTTP sessions also survive the end of the whole
  server: they, and what clients were sent, are in \`.swarm/mcp\`; streams resume with \`Last-Event-ID\`.
- **Who may call, over HTTP.** This machine alone unless tokens are set; foreign \`Host\` and \`Origin\` headers are refused. A token
  comes from \`E2B_SWARM_MCP_TOKEN\` (32 characters or more, may do everything) or from a file of digests with scopes
  \`read\` and \`operate\` and an end:
  \`{"tokens":[{"name":"desk","sha256":"…","scopes":["operate"],"expires_at":"2027-01-01T00:00:00Z"}]}\`. Make a token with
  \`openssl rand -hex 32\` and its digest with \`printf %s "$TOKEN" | sha256sum\`. The file is read once, at the start.

## Tools

| tool | what it does | effect | cost | latency | scope |
|---|---|---|---|---|---|
${rows.join("\n")}

${sections.join("\n\n")}

## Resources

| address | what it is | type |
|---|---|---|
| \`${swarmUri}\` | Health, sandboxes and agents as the target and the recorded state say at this moment | application/json |
${templates.join("\n")}

## Prompts

| prompt | what it asks for | arguments |
|---|---|---|
${prompts.join("\n")}
`;
}

function section(tool, { aliases }) {
  const { properties = {}, required = [] } = tool.inputSchema;
  const rows = Object.entries(properties).map(([name, schema]) => {
    const must = required.includes(name) ? "yes" : "";
    return `| \`${name}\` | ${typeOf(schema)} | ${must} | ${schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``} | ${(schema.description ?? "").replaceAll("|", "\\|")} |`;
  });
  const table =
    rows.length === 0
      ? "No arguments."
      : `| argument | type | required | default | meaning |\n|---|---|---|---|---|\n${rows.join("\n")}`;
  const other = aliases.length === 0 ? "" : `\n\nAlso callable as ${aliases.map((name) => `\`${name}\``).join(", ")}.`;
  const results = Object.keys(tool.outputSchema.properties).map((name) => `\`${name}\``);
  return `### ${tool.name}\n\n${tool.description}.\n\n${table}\n\nResult: ${results.join(", ")}.${other}`;
}

function typeOf(schema) {
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => `\`${word}\``).join(" ");
  if (schema.type === "array") return `list of ${schema.items?.type ?? "words"}`;
  const limits = [
    schema.minimum === undefined ? "" : `≥ ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? "" : `> ${schema.exclusiveMinimum}`,
    schema.maximum === undefined ? "" : `≤ ${schema.maximum}`,
  ].filter((word) => word !== "");
  return [schema.type, ...limits].join(" ");
}
