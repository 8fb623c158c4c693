// What a running command may use: one lazily opened backend, progress on stderr, a question to the person. Closing it
// twice is harmless, and nothing is opened before the input is known to be good.
import type { BackendOptions, OperationOutput } from "../../backend/backend.ts";
import type { ConfigChoice } from "../../backend/config/configure.ts";
import type { DoorBackend } from "../door-backend.ts";
import { findOperation, type OperationName } from "../../backend/operations/table.ts";
import type { LocalInput } from "../../contracts/local-server.ts";
import { check } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Env } from "../../host/env.ts";
import type { AuditFound, CliWorld, McpHttp, Page, ServeAddress } from "./world.ts";

export interface Session {
  readonly options: BackendOptions;
  readonly json: boolean;
  readonly assumeYes: boolean;
  readonly signal: AbortSignal;
  /** Checks the input first, so that nothing is started for a wrong one. Throws SwarmError. */
  call<Name extends OperationName>(name: Name, input: unknown): Promise<OperationOutput<Name>>;
  local(input: LocalInput): Promise<object>;
  serveMcp(http: McpHttp | null): Promise<number>;
  serve(address: ServeAddress): Promise<number>;
  verifyAudit(): Promise<AuditFound>;
  progress(sentence: string): void;
  /** For commands that write more than one document, and know when. */
  readonly page: Page;
  readonly env: Env;
  readonly clock: Clock;
  /** Passes on the bytes of a program as they are; used where a result is not ours to lay out. */
  passOn(stream: "stdout" | "stderr", text: string): void;
  /** Resolves when the person agreed (or --yes was given); else throws `usage.confirm`. */
  confirm(question: string): Promise<void>;
  /** Where calls went; null while nothing was opened. */
  opened(): DoorBackend | null;
  close(): Promise<void>;
}

/** Field -> flag, to name what the person typed instead of the field behind it. */
export type FlagNames = Readonly<Record<string, string>>;

export interface SessionOptions extends BackendOptions {
  readonly json: boolean;
  readonly assumeYes: boolean;
  readonly mayAsk: boolean;
  readonly config: ConfigChoice;
  readonly command: string;
  readonly flags: FlagNames;
}

export function openSession(world: CliWorld, options: SessionOptions): Session {
  const where: BackendOptions = {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.isolation === undefined ? {} : { isolation: options.isolation }),
  };
  const progress = (sentence: string): void => world.stderr.write(`${sentence}\n`);
  let backend: DoorBackend | null = null;
  let configuring: Promise<void> | undefined;
  /** Before the first thing that is opened, so that help, versions and wrong words run nobody's config. */
  const configured = (): Promise<void> => (configuring ??= world.configure(options.config));
  return {
    options: where,
    json: options.json,
    assumeYes: options.assumeYes,
    signal: world.signal,
    progress,
    page: world.stdout,
    env: world.env,
    clock: world.clock,
    passOn: (stream, text) => {
      if (text !== "" && !options.json) world[stream].write(text);
    },
    async call(name, input) {
      checkInput(name, input, options);
      await configured();
      // A plan contacts nothing: what it is about is in its input, and it needs no key.
      backend ??= await world.openBackend(name === "planValidation" ? { ...where, ...pinnedLocal(where) } : where);
      return backend.call(name, input, { signal: world.signal, progress });
    },
    local: async (input) => {
      await configured();
      return world.localCommand(input, { ...where, signal: world.signal, print: (text) => world.stdout.write(text) });
    },
    serveMcp: async (http) => {
      await configured();
      return world.serveMcp(where, http);
    },
    serve: async (address) => {
      await configured();
      return world.serve(where, address);
    },
    verifyAudit: async () => {
      await configured();
      return world.verifyAudit(where);
    },
    confirm: (question) => confirm(world, options, question),
    opened: () => backend,
    close: async () => backend?.close(),
  };
}

function pinnedLocal({ target }: BackendOptions): BackendOptions {
  return target === "cloud" ? { target: "local" } : {};
}

function checkInput(name: OperationName, input: unknown, { flags, command }: SessionOptions): void {
  const row = findOperation(name);
  const parsed = row === null ? null : check(row.input, input);
  if (parsed === null || parsed.ok) return;
  const [field = "", ...rest] = parsed.field.split(".");
  const shown = [flags[field] ?? field, ...rest].join(".");
  throw new SwarmError("usage.invalid", `Cannot accept ${shown}: it ${parsed.problem}`, {
    hint: `Run \`e2b-swarm ${command} --help\` to see what is accepted`,
    details: { field: parsed.field },
  });
}

async function confirm(world: CliWorld, options: SessionOptions, question: string): Promise<void> {
  if (options.assumeYes) return;
  if (world.ask === null || !options.mayAsk) {
    throw new SwarmError("usage.confirm", `Cannot go on without a confirmation: ${question}`, {
      hint: "Add --yes to confirm it on the command line",
    });
  }
  const answer = await world.ask(`${question} [y/N] `, world.signal);
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new SwarmError("usage.confirm", "Nothing was done: the question was not answered with yes", {
    hint: "Answer y, or add --yes",
  });
}
