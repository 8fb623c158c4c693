// An answer's body as what it is documented to be, or a refusal that names the field.
import { check } from "../contracts/parse.ts";
import type { SchemaId, SchemaValue } from "../contracts/schemas.ts";
import { failed, malformed } from "./http/feed-faults.ts";
import type { Answer, Client } from "./http/open-client.ts";

/** Throws `feed.failed` when the source did not understand the question, `feed.malformed` for another form. */
export function readAnswer<Id extends SchemaId>(id: Id, client: Client, answer: Answer): SchemaValue<Id> {
  const parsed = check(id, bodyOf(client, answer));
  if (parsed.ok) return parsed.value;
  throw malformed(client.host, `is not as documented: ${parsed.field === "" ? "it" : parsed.field} ${parsed.problem}`);
}

/** What was asked for. Throws `feed.failed` when it is not there or was not understood. */
export function bodyOf({ host }: Client, { status, body }: Answer): unknown {
  if (status < 300) return body;
  throw failed(host, status, JSON.stringify(body));
}
