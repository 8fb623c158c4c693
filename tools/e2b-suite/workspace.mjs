// A temporary folder with the suite's tests and the pinned programs that run them. The tests see the published SDK: a
// resolver in the generated configuration sends every import of the SDK's own source to the package from npm.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** `published` is the SDK under test; the rest are what the tests and, for --find-live, the SDK's source import. */
const dependencies = {
  published: "npm:e2b@2.51.0",
  vitest: "4.1.12",
  vite: "6.4.6",
  msw: "2.12.10",
  dotenv: "16.6.1",
  "error-stack-parser-es": "1.0.5",
  "@bufbuild/protobuf": "2.14.1",
  "@connectrpc/connect": "2.2.0",
  "@connectrpc/connect-web": "2.2.0",
  chalk: "5.6.2",
  "compare-versions": "6.1.1",
  "dockerfile-ast": "0.7.1",
  glob: "13.0.6",
  "openapi-fetch": "0.14.1",
  platform: "1.3.6",
  tar: "7.5.22",
  undici: "7.30.2",
  undici8: "npm:undici@8.10.2",
};

const sdk = "packages/js-sdk";

export function openWorkspace(checkout, { folder, withSource }) {
  const git = gitFolder(checkout);
  const kept = folder !== undefined;
  const home = kept ? resolve(folder) : mkdtempSync(join(tmpdir(), "e2b-suite-"));
  mkdirSync(home, { recursive: true });
  const run = mkdtempSync(join(home, "run-"));
  const remove = () => rmSync(kept ? run : home, { recursive: true, force: true });
  try {
    install(home);
    const paths = [
      `${sdk}/tests`,
      `${sdk}/package.json`,
      ...(withSource ? [`${sdk}/src`, `${sdk}/tsconfig.json`] : []),
    ];
    const archive = execFileSync("git", [...git, "archive", "HEAD", ...paths], { maxBuffer: 2 ** 28 });
    execFileSync("tar", ["-x", "--strip-components=2", "-C", run], { input: archive });
    writeFileSync(join(run, "vitest.config.mjs"), configuration({ home, run, withSource }));
    const commit = execFileSync("git", [...git, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
    return { home, run, commit, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function gitFolder(checkout) {
  const path = resolve(checkout);
  const args = existsSync(join(path, ".git")) ? ["-C", path] : [`--git-dir=${path}`];
  try {
    execFileSync("git", [...args, "cat-file", "-e", `HEAD:${sdk}/tests`], { stdio: "ignore" });
  } catch {
    throw new Error(`${checkout} is no git checkout of e2b-dev/E2B: HEAD has no ${sdk}/tests`);
  }
  return args;
}

function install(home) {
  const manifest = `${JSON.stringify({ name: "e2b-suite-run", private: true, type: "module", dependencies }, null, 1)}\n`;
  const stamp = join(home, "installed.json");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === manifest) return;
  writeFileSync(join(home, "package.json"), manifest);
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent"], { cwd: home, stdio: ["ignore", 2, 2] });
  writeFileSync(stamp, manifest);
}

/** The two projects of the suite's own configuration, with its time limits. Retries: none. */
function configuration({ home, run, withSource }) {
  const sdkFile = join(home, "node_modules/published/dist/index.mjs");
  const setup = withSource ? `setupFiles: [${JSON.stringify(join(run, "tests/globalFetchFallback.setup.ts"))}],` : "";
  return `import { dirname, resolve } from "node:path";
const run = ${JSON.stringify(run)};
const published = {
  name: "published-sdk",
  enforce: "pre",
  resolveId(source, importer) {
    if (!source.startsWith(".") || importer === undefined) return null;
    const target = resolve(dirname(importer), source);
    return target.startsWith(run + "/src") || target.startsWith(run + "/dist") ? ${JSON.stringify(sdkFile)} : null;
  },
};
const plugins = ${withSource ? "[]" : "[published]"};
const shared = { environment: "node", globals: false, isolate: true, pool: "forks", retry: 0, ${setup} };
const never = ["tests/runtimes/**", "node_modules/**"];
export default {
  root: run,
  test: {
    projects: [
      { plugins, root: run, test: { ...shared, name: "unit", include: ["tests/**/*.test.ts"], exclude: [...never, "tests/template/**"], testTimeout: 30_000 } },
      { plugins, root: run, test: { ...shared, name: "template", include: ["tests/template/**/*.test.ts"], exclude: never, testTimeout: 180_000 } },
    ],
  },
};
`;
}
