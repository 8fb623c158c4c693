import { defineConfig } from "vitest/config";

/** The rooms' own tests. The five suites are not run from here: `e2b-swarm validate` runs them and judges what they saw. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default"],
    globalSetup: ["test/build-once.ts"],
  },
});
