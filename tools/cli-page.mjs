// docs/cli.md from the specs the built command line itself parses with, so that the page can say nothing the program does not.
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const built = (path) => import(join(root, "dist/src/doors/cli", path));

/** The text of the page. */
export async function cliPage() {
  const { commandSpecs } = await built("commands/command-specs.js");
  const { optionFace } = await built("option-face.js");
  const { families, globalOptions, helpOption, versionOption } = await built("global-options.js");
  const { environmentHelp, exitCodeHelp } = await built("help-texts.js");
  const groups = grouped(commandSpecs);
  const sections = [...groups].map(([group, specs]) => {
    const commands = specs.map((spec) => commandSection(spec, optionFace));
    return `## ${group}\n\n${commands.join("\n\n")}`;
  });
  const list = commandSpecs.map(({ name, summary }) => `| [\`${name}\`](#${anchor(name)}) | ${cell(summary)} |`);
  const familyLines = Object.entries(families).map(([name, text]) => `\`${name}\`: ${text}.`);
  return `# The command line

Generated from the command specs (\`node tools/docs.mjs\`); do not edit. \`e2b-swarm <command> --help\` says the same.

| command | what it does |
|---|---|
${list.join("\n")}

${familyLines.join("\n")}

## For every command

${optionTable([...globalOptions, helpOption, versionOption])}

Data goes to stdout, everything else to stderr. Under \`--json\` stdout gets exactly one document, whether the command worked or not:
\`{ schema: "e2b-swarm/cli/1", ok, data | error{ code, message, hint, retryable }, meta{ run_id, duration_ms, target, isolation } }\`; the
codes are in [faults.md](faults.md). A duration is a number of seconds, or one with a unit: \`500ms\`, \`90s\`, \`5m\`, \`2h\`.

${sections.join("\n\n")}

## Exit codes

\`\`\`text
${bodyOf(exitCodeHelp)}
\`\`\`

## Environment

| variable | meaning |
|---|---|
${variables(environmentHelp).join("\n")}
`;
}

/** Map.groupBy is younger than Node 20. */
function grouped(specs) {
  const groups = new Map();
  for (const spec of specs) groups.set(spec.group, [...(groups.get(spec.group) ?? []), spec]);
  return groups;
}

function commandSection(spec, optionFace) {
  const faces = spec.options.map((row) => optionFace(spec, row));
  const needed = faces.filter(({ mandatory }) => mandatory).map(({ flags }) => flags.replace(/^-\w, /, ""));
  const usage = ["e2b-swarm", spec.name, ...needed, ...(faces.length > needed.length ? ["[options]"] : [])];
  const operands = spec.operands.map(({ syntax, text, choices = [] }) => {
    const words = choices.map((word) => `\`${word}\``).join(" ");
    return `- \`${syntax}\`: ${text}${words === "" ? "" : `; one of ${words}`}`;
  });
  const parts = [
    `### ${spec.name}`,
    `${spec.summary}.`,
    fenced([...usage, ...spec.operands.map(({ syntax }) => syntax)].join(" ")),
    ...(operands.length === 0 ? [] : [operands.join("\n")]),
    ...(faces.length === 0 ? [] : [optionTable(faces)]),
    ...(spec.examples.length === 0 ? [] : ["Examples:", fenced(spec.examples.join("\n"))]),
  ];
  return parts.join("\n\n");
}

function optionTable(faces) {
  const rows = faces.map(({ flags, text, items, preset, mandatory }) => {
    const choices = items.map((word) => `\`${word}\``).join(" ");
    const fallback = preset === null ? "" : `\`${preset}\``;
    return `| \`${flags}\` | ${cell(text)}${mandatory ? " (required)" : ""} | ${choices} | ${fallback} |`;
  });
  return `| option | meaning | choices | default |\n|---|---|---|---|\n${rows.join("\n")}`;
}

function variables(help) {
  return bodyOf(help)
    .split("\n")
    .map((line) => {
      const [, name, text] = /^ *(\S+) +(.*)$/.exec(line) ?? [];
      return `| \`${name}\` | ${cell(text ?? "")} |`;
    });
}

/** A paragraph of the help page without its title. */
function bodyOf(help) {
  return help.slice(help.indexOf("\n") + 1);
}

function fenced(text) {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function anchor(name) {
  return name.replaceAll(" ", "-");
}
