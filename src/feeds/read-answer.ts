// An answer's body as what it is documented to be, or a refusal that names the field.
import { check } from "../contracts/parse.ts";
import type { SchemaId, SchemaValue } from "../contracts/schemas.ts";
import { failed, malformed } from "./http/feed-faults.ts";
import type { Answer, Client } from "./http/open-client.ts";

/** Throws `feed.failed` when the source did not understand the question, `feed.malformed` for another form. */
export function readAnswer<Id extends SchemaId>(id: Id, { host }: Client, answer: Answer): SchemaValue<Id> {
  if (answer.status >= 300) throw failed(host, answer.status, JSON.stringify(answer.body), []);
  const parsed = check(id, answer.body);
  if (parsed.ok) return parsed.value;
  throw malformed(host, `is not as documented: ${parsed.field === "" ? "it" : parsed.field} ${parsed.problem}`);
}
