// The config file of a project: its schema, and which variable and flag each key stands for. A key is a default for its
// variable, so flag, then variable, then config file, then default. Keys that are secrets have no place in it.
import { Type, type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const Count = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }));
const Rate = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));
const Words = (words: readonly string[], description: string) => Type.Optional(Type.Enum([...words], { description }));
const Text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1_000, description }));
const Switch = (description: string) => Type.Optional(Type.Boolean({ description }));

export const ConfigSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: "this schema, for editors" })),
    target: Words(["local", "cloud"], "where sandboxes run"),
    isolation: Words(["bwrap", "gvisor", "none"], "how local sandboxes are isolated"),
    state: Text("folder that holds .swarm/, relative to the config file"),
    home: Text("folder of the local server's records, relative to the config file"),
    record: Text("postgres://… for one record shared by several machines; a password belongs in the variable"),
    domain: Text("domain of the E2B cloud"),
    budgetDaily: Rate("dollars per day above which nothing is started"),
    maxSandboxes: Type.Optional(Type.Integer({ minimum: 1, description: "most sandboxes of one process at a time" })),
    local: Type.Optional(
      Type.Object(
        {
          port: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 65_535,
              description: "port of the local server; 0 takes any free one",
            }),
          ),
          faults: Switch("start it with its fault plane open"),
          profile: Words(["hobby", "pro"], "start it with the limits of that plan"),
        },
        closed,
      ),
    ),
    pool: Type.Optional(
      Type.Object(
        {
          size: Count("idle sandboxes of a kind that a long process keeps for its next run"),
          warm: Count("of them, how many are made ahead"),
          minutes: Rate("how long an idle one is kept"),
        },
        closed,
      ),
    ),
    idleMinutes: Rate("sandboxes unused for so long are ended; 0 = never"),
    batch: Switch("questions about several sandboxes go in one call"),
    templateCache: Switch("names of templates are looked up once"),
    retries: Count("times a question is asked again"),
    createRetries: Count("times a create is tried again"),
    breaker: Count("failures in a row after which the target rests; 0 = never"),
    requestsPerSecond: Rate("calls of the target; 0 = as fast as asked"),
    createsPerSecond: Rate("creates; 0 = as fast as asked"),
  },
  { ...closed, title: "e2b-swarm.config" },
);
/** What a config file says. */
export type Config = Static<typeof ConfigSchema>;
