// Builds dist/: validators, compiled TypeScript, the one-file programs that run inside a sandbox, and the command line in few
// files (dist/cli), because Node needs about a millisecond for each module it loads.
// With --if-stale nothing is done while no source is newer than the last build.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const stamp = join(root, "dist/.built");
const inputs = ["src", "harness", "suites", "bench", "tools", "package.json", "tsconfig.json", "tsconfig.build.json"];

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => name !== "generated");
  return Math.max(stat.mtimeMs, ...names.map((name) => newest(join(path, name))));
}

/** What dist/src/doors/cli/main.js is made of, in one file per part that loads on its own; packages stay packages. */
async function buildCommandLine(outdir) {
  // A bundled module still names files by where it was compiled to.
  const address = (path) => `new URL(${JSON.stringify(relative(outdir, path))}, import.meta.url).href`;
  const keepAddresses = {
    name: "keep-addresses",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]dist[\\/]src[\\/].*\.js$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        if (/import\.meta\.(?!url)/.test(text)) return { errors: [{ text: "only import.meta.url can be bundled" }] };
        return { contents: text.replaceAll("import.meta.url", address(path)), loader: "js" };
      });
    },
  };
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const bundled = new Set(["commander", "picocolors"]);
  await build({
    entryPoints: { main: join(root, "dist/src/doors/cli/main.js") },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !bundled.has(name)),
    banner: {
      js: 'import { createRequire as requireFor } from "node:module"; const require = requireFor(import.meta.url);',
    },
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    plugins: [keepAddresses],
  });
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  return result.status === 0;
}

if (process.argv.includes("--if-stale") && existsSync(stamp)) {
  const built = statSync(stamp).mtimeMs;
  if (inputs.every((name) => !existsSync(join(root, name)) || newest(join(root, name)) <= built)) process.exit(0);
}

const began = new Date();
rmSync(join(root, "dist"), { recursive: true, force: true });
if (!run(process.execPath, ["tools/schemas.mjs"])) process.exit(1);
const typed = run(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"]);
cpSync(join(root, "src/contracts/generated"), join(root, "dist/src/contracts/generated"), { recursive: true });

const { build } = await import("esbuild");
const programs = [
  { from: "src/agents/program/main.ts", to: "dist/programs/agent.mjs", format: "esm", minify: false },
  // Every sandbox starts this one: without the module loader, and with half the text to read, it starts sooner.
  { from: "src/local/envd/main.ts", to: "dist/programs/envd.cjs", format: "cjs", minify: true },
  {
    from: "src/local/envd/sudo/main.ts",
    to: "dist/programs/sudo",
    format: "cjs",
    minify: true,
    shebang: "#!/opt/e2b/bin/node",
  },
].filter((program) => existsSync(join(root, program.from)));
for (const { from, to, format, minify, shebang } of programs) {
  await build({
    entryPoints: [join(root, from)],
    outfile: join(root, to),
    bundle: true,
    format,
    minify,
    ...(shebang === undefined ? {} : { banner: { js: shebang } }),
    platform: "node",
    target: "node20",
    legalComments: "none",
  });
}
await buildCommandLine(join(root, "dist/cli"));
if (!typed && !process.argv.includes("--emit-only")) process.exit(1);
mkdirSync(join(root, "dist"), { recursive: true });
writeFileSync(stamp, `${began.toISOString()}\n`);
// A file edited while the build ran must count as newer than the build.
utimesSync(stamp, began, began);
