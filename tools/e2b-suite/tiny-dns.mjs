// Answers one DNS question from a map of names: an A record, an empty answer for other types, no such name for the rest.

const headerBytes = 12;
const typeA = 1;
const noSuchName = 3;
const lifeSeconds = 60;

/** The answer's bytes, or null for what is no question. */
export function answerTo(query, names) {
  const question = readQuestion(query);
  if (question === null) return null;
  const address = names.get(question.name);
  const records = address !== undefined && question.type === typeA ? [recordOf(address)] : [];
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  // Response, recursion desired and available.
  header.writeUInt16BE(0x8180 | (address === undefined ? noSuchName : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(headerBytes, question.end), ...records]);
}

function readQuestion(query) {
  const labels = [];
  let at = headerBytes;
  while (at < query.length && query[at] !== 0) {
    const length = query[at];
    if (length > 63 || at + 1 + length >= query.length) return null;
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > query.length) return null;
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The name is a pointer to the question's. */
function recordOf(address) {
  const head = Buffer.from([0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, lifeSeconds, 0, 4]);
  return Buffer.concat([head, Buffer.from(address.split(".").map(Number))]);
}
