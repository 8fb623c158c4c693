// Defects of the MCP server and of the command line.
import { defect, edit, type Defect } from "../defect.ts";

const callTool = "src/doors/mcp/call-tool.js";
const tools = "src/doors/mcp/tools.js";
const lines = "src/doors/mcp/line-filter.js";
const runCli = "src/doors/cli/run-cli.js";

export const mcpDefects: readonly Defect[] = [
  defect(
    "tool-drops-field",
    "A tool leaves a field out of its answer",
    ["mcp.schemas"],
    edit(callTool, "structuredContent: output };", "structuredContent: (({ total, ...rest }) => rest)(output) };"),
  ),
  defect(
    "tool-drops-argument",
    "A tool forgets an argument on the way to its operation",
    ["mcp.schemas"],
    edit(
      callTool,
      "await opened.call(row.name, input, context)",
      "await opened.call(row.name, (({ cwd, ...rest }) => rest)(input), context)",
    ),
  ),
  defect(
    "tool-text-differs",
    "The text of an answer is not its structure",
    ["mcp.schemas"],
    edit(callTool, "text: JSON.stringify(output) }]", 'text: "{}" }]'),
  ),
  defect(
    "tool-failure-looks-well",
    "A failed call is not marked as one",
    ["mcp.schemas", "mcp.jsonrpc"],
    edit(callTool, "structuredContent: told, isError: true };", "structuredContent: told };"),
  ),
  defect(
    "refusal-without-hint",
    "A refusal does not say what to do",
    ["mcp.schemas"],
    edit(callTool, "hint: error.hint === undefined ? null : redact(error.hint),", ""),
  ),
  defect(
    "parse-error-code",
    "Malformed JSON is answered with the code of another error",
    ["mcp.jsonrpc"],
    edit(lines, "const parseError = -32_700;", "const parseError = -32_600;"),
  ),
  defect(
    "malformed-line-dropped",
    "A line that is not JSON gets no answer",
    ["mcp.jsonrpc"],
    edit(lines, 'return refusal(parseError, "Parse error: the line is not JSON", null);', 'return { kind: "ignore" };'),
  ),
  defect(
    "id-not-echoed",
    "An invalid request is answered without its id",
    ["mcp.jsonrpc"],
    edit(lines, "const id = isRecord(message) && isId(message.id) ? message.id : null;", "const id = null;"),
  ),
  defect(
    "unknown-tool-code",
    "An unknown tool is answered as an unknown method",
    ["mcp.jsonrpc"],
    edit(callTool, "ProtocolErrorCode.InvalidParams, `Unknown tool", "ProtocolErrorCode.MethodNotFound, `Unknown tool"),
  ),
  defect(
    "schema-drift-input",
    "The published schema accepts what the tool refuses",
    ["mcp.tools"],
    edit(
      tools,
      "inputSchema: objectSchema(wireSchema(jsonSchema(row.input))),",
      "inputSchema: { ...objectSchema(wireSchema(jsonSchema(row.input))), additionalProperties: true },",
    ),
  ),
  defect(
    "schema-drift-output",
    "The published schema of an answer is that of another operation",
    ["mcp.schemas"],
    edit(
      tools,
      "outputSchema: objectSchema(jsonSchema(row.output)),",
      'outputSchema: objectSchema(jsonSchema("version.output")),',
    ),
  ),
  defect(
    "argument-not-listed",
    "A tool hides an argument that it takes",
    ["mcp.schemas"],
    edit(
      tools,
      "inputSchema: objectSchema(wireSchema(jsonSchema(row.input))),",
      "inputSchema: ((schema) => { const { cwd, ...properties } = schema.properties ?? {}; return { ...schema, properties }; })(objectSchema(wireSchema(jsonSchema(row.input)))),",
    ),
  ),
  defect(
    "tool-missing",
    "An operation is no tool",
    ["mcp.tools"],
    edit(
      tools,
      "return operationTable.map((row) => toolOf(row));",
      "return operationTable.slice(1).map((row) => toolOf(row));",
    ),
  ),
  defect(
    "destruction-not-marked",
    "A tool that destroys does not say so",
    ["mcp.tools"],
    edit(tools, 'destructiveHint: row.effect === "destructive",', "destructiveHint: false,"),
  ),
  defect(
    "stray-line-on-stdout",
    "The server writes something else than messages",
    ["mcp.accessible"],
    edit(
      "src/doors/mcp/front/stdio-front.js",
      "const judge = lineJudge();",
      'const judge = lineJudge(); stdout.write("server ready\\n");',
    ),
  ),
  defect(
    "server-ends-with-1",
    "The server ends with an error although its host only hung up",
    ["mcp.accessible"],
    edit(
      "src/doors/mcp/front/stdio-front.js",
      'for (const event of ["end", "close", "error"])\n        stdin.once(event, () => finish(0));',
      'for (const event of ["end", "close", "error"])\n        stdin.once(event, () => finish(1));',
    ),
  ),
  defect(
    "server-names-another-version",
    "The server greets as another version than its package",
    ["mcp.accessible"],
    edit("src/doors/mcp/build-server.js", "version: packageVersion() }, {", 'version: "9.9.9" }, {'),
  ),
];

export const cliDefects: readonly Defect[] = [
  defect(
    "unknown-id-exits-0",
    "A command about an unknown sandbox ends with exit code 0",
    ["cli.list"],
    edit(
      runCli,
      "return failure === null ? (outcome?.exitCode ?? 0) : failure.row.exitCode;",
      'return failure === null || failure.code === "sandbox.not-found" ? (outcome?.exitCode ?? 0) : failure.row.exitCode;',
    ),
  ),
  defect(
    "every-failure-exits-1",
    "Exit codes do not tell failures apart",
    ["cli.commands", "cli.list"],
    edit(
      runCli,
      "return failure === null ? (outcome?.exitCode ?? 0) : failure.row.exitCode;",
      "return failure === null ? (outcome?.exitCode ?? 0) : 1;",
    ),
  ),
  defect(
    "two-json-documents",
    "A command prints its document twice",
    ["cli.commands", "cli.list"],
    edit(
      runCli,
      "world.stdout.write(`${JSON.stringify(envelope(meta, outcome?.data, failure))}\\n`);",
      "world.stdout.write(`${JSON.stringify(envelope(meta, outcome?.data, failure))}\\n`.repeat(2));",
    ),
  ),
  defect(
    "always-ok",
    "A failed command says ok",
    ["cli.commands"],
    edit("src/doors/cli/envelope.js", "ok: failure === null,", "ok: true,"),
  ),
  defect(
    "output-swallowed",
    "A command inside a sandbox answers without its output",
    ["cli.commands"],
    edit(
      "src/doors/cli/commands/exec.js",
      'data: wireForm("execute.output", output),',
      'data: { ...wireForm("execute.output", output), stdout: "" },',
    ),
  ),
  defect(
    "secret-in-a-log",
    "The environment of a sandbox is printed while it is made",
    ["cli.commands"],
    edit(
      "src/backend/operations/create.js",
      "const sandboxes = await parts.sandboxes();",
      "const sandboxes = await parts.sandboxes(); context.progress(`with ${JSON.stringify(envVars ?? {})}`);",
    ),
  ),
  defect(
    "secret-in-the-state",
    "The environment of a sandbox is kept in the folder",
    ["cli.commands"],
    edit(
      "src/backend/operations/create.js",
      "await remember(parts, made);\n    return",
      "await remember(parts, made.map((one) => ({ ...one, name: JSON.stringify(envVars ?? {}) })));\n    return",
    ),
  ),
  defect(
    "help-omits-a-command",
    "A command is missing from the program",
    ["cli.help"],
    edit(
      "src/doors/cli/program.js",
      "addCommand(program, spec, output);",
      'if (spec.name !== "completion") addCommand(program, spec, output);',
    ),
  ),
  defect(
    "no-suggestion",
    "A misspelt command is refused without a suggestion",
    ["cli.help"],
    edit(runCli, 'const hint = suggestion.replaceAll(/[()]/g, "");', 'const hint = "";'),
  ),
  defect(
    "health-always-green",
    "Health is good whatever happened",
    ["cli.health"],
    edit(
      "src/backend/operations/health.js",
      'status: broken ? "unhealthy" : lost.length > 0 ? "degraded" : "healthy",',
      'status: "healthy",',
    ),
  ),
  defect(
    "degraded-exits-0",
    "Health says degraded and ends with exit code 0",
    ["cli.health"],
    edit("src/doors/cli/commands/health.js", 'exitCode: output.status === "healthy" ? 0 : 1,', "exitCode: 0,"),
  ),
  defect(
    "state-not-written",
    "What was made is not recorded in the folder",
    ["cli.health"],
    edit("src/backend/state.js", "replaceFile(path, `${JSON.stringify(next, null, 2)}\\n`);", ""),
  ),
  defect(
    "destroy-without-asking",
    "Sandboxes are destroyed without a confirmation",
    ["cli.list"],
    edit("src/doors/cli/session.js", "if (options.assumeYes)\n        return;", "return;"),
  ),
  defect(
    "only-the-first-destroyed",
    "Of several sandboxes only the first is ended",
    ["cli.list"],
    edit(
      "src/doors/cli/commands/destroy.js",
      "const batch = ids.slice(at, at + sideBySide);",
      "const batch = ids.slice(at, at + 1);",
    ),
  ),
];
