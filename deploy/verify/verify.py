#!/usr/bin/env python3
"""Verifies the report folder of an e2b-swarm run from its files alone, with the standard library only (Python 3.9+).

    python3 verify.py <folder> [--json] [--integrity-only] [--trust keys.json]

Digests, hash chains, Merkle roots, signatures (Ed25519 by RFC 8032), checkpoints, the schema of every record, witnesses,
every claim and the run verdict are worked out again from the raw records in whole numbers; every figure that the reports
print is compared with its claim. Written from the rules (docs/statistics.md, docs/decisions/0020 and 0072), not from the
other verifier: the two must agree in every recomputed figure.

Exit codes: 0 certified, 3 conditional, 1 refused, 6 incomplete, 7 the evidence does not verify, 5 no bundle, 2 usage;
with --integrity-only 0 or 7.
"""

import base64
import hashlib
import json
import os
import re
import stat
import sys
from array import array
from bisect import bisect_left
from datetime import datetime, timezone
from fractions import Fraction
from html.parser import HTMLParser
from xml.etree import ElementTree

# ---------------------------------------------------------------------------------------------------------------- limits

MOST_FILES = 10_000
LARGEST_FILE = 1 << 30
LARGEST_DOCUMENT = 64 << 20
LONGEST_LINE = 65_536
MOST_PROBLEMS = 200
MOST_PER_FILE = 20
DEEPEST = 64
LARGEST_PLAN = 16_777_216
SAFE = 9_007_199_254_740_991

EXIT = {"CERTIFIED": 0, "CONDITIONAL": 3, "REFUSED": 1, "INCOMPLETE": 6}
STRENGTH = ["declared", "modelled", "simulated", "replayed", "measured"]
PLAN_TYPE = "application/vnd.e2b-swarm.plan+json"
CHECKPOINT_TYPE = "application/vnd.e2b-swarm.checkpoint+json"
STATEMENT_TYPE = "application/vnd.in-toto+json"
BESIDE = {"manifest.json", "run.dsse.json", "cert.dsse.json"}
SIGNATURES = ("keys.json", "plan.dsse.json", "run.dsse.json")


class Notes:
    """Problems by file, place and claim; and what was looked at."""

    def __init__(self):
        self.problems = []
        self.checked = []
        self._in_file = {}

    def blame(self, file, problem, place=None, claim=None):
        seen = self._in_file.get(file, 0)
        if len(self.problems) >= MOST_PROBLEMS or seen >= MOST_PER_FILE:
            return
        self._in_file[file] = seen + 1
        self.problems.append({"file": file, "place": place, "claim": claim, "problem": problem})

    def tick(self, sentence):
        self.checked.append(sentence)


def obj(value):
    return value if isinstance(value, dict) else {}


def arr(value):
    return value if isinstance(value, list) else []


def text(value):
    return value if isinstance(value, str) else ""


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def whole(value):
    """A whole number of at least 0 that every language can hold, or None."""
    return value if is_int(value) and 0 <= value <= SAFE else None


# -------------------------------------------------------------------------------------------------------- canonical JSON


class NotCanonical(ValueError):
    pass


def _ordered(pairs):
    """Members in the order of the text; refuses repeated keys and keys out of UTF-16 order."""
    before = None
    for key, _ in pairs:
        unit = key.encode("utf-16-be", "surrogatepass")
        if before is not None and not before < unit:
            raise NotCanonical(f'key "{key}" is repeated or out of order')
        before = unit
    return dict(pairs)


def _no_fraction(_):
    raise NotCanonical("a fraction")


def _whole_number(digits):
    value = int(digits)
    if abs(value) > SAFE or digits == "-0":
        raise NotCanonical(f"the number {digits} is no safe integer")
    return value


_decoder = json.JSONDecoder(
    object_pairs_hook=_ordered, parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_whole_number
)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def canonical(value):
    """Canonical JSON of a value whose members are in order, as everything that parse_canonical gives is."""
    return _encoder.encode(value)


def in_order(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: in_order(value[key]) for key in keys}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def _depth(source):
    deepest = now = 0
    inside = escaped = False
    for char in source:
        if inside:
            inside = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            inside = True
        elif char in "[{":
            now += 1
            deepest = max(deepest, now)
        elif char in "]}":
            now -= 1
    return deepest


def parse_canonical(raw):
    """The value of canonical JSON bytes; raises NotCanonical for anything else."""
    try:
        source = raw.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise NotCanonical("not UTF-8") from None
    if source.count("{") + source.count("[") > DEEPEST and _depth(source) > DEEPEST:
        raise NotCanonical("nested too deep")
    try:
        value, end = _decoder.raw_decode(source)
        if end != len(source):
            raise NotCanonical(f"text after the value at character {end}")
        again = canonical(value)
    except (RecursionError, json.JSONDecodeError) as error:
        raise NotCanonical(f"unreadable: {error}") from None
    if again != source:
        raise NotCanonical("not written in the one canonical way")
    return value


# --------------------------------------------------------------------------------------------------------------- digests


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest


class LineDigest:
    """Hash chain and Merkle root of the lines so far; the root is asked for as often as wanted (RFC 6962)."""

    def __init__(self):
        self.head = bytes(32)
        self.records = 0
        self.peaks = []

    def add(self, line):
        one = hashlib.sha256
        self.head = one(self.head + one(line).digest()).digest()
        self.records += 1
        node = one(b"\x00" + line).digest()
        size = self.records
        while size % 2 == 0:
            node = one(b"\x01" + self.peaks.pop() + node).digest()
            size //= 2
        self.peaks.append(node)

    def chain_head(self):
        return self.head.hex()

    def merkle_root(self):
        if not self.peaks:
            return hashlib.sha256(b"").hexdigest()
        node = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()


# --------------------------------------------------------------------------------------------------- Ed25519 by RFC 8032

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = (-121665 * pow(121666, P - 2, P)) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)


def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar, point):
    found = IDENTITY
    while scalar > 0:
        if scalar & 1:
            found = _add(found, point)
        point = _add(point, point)
        scalar >>= 1
    return found


def _same_point(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def _point(raw):
    """The curve point of 32 bytes, or None: the y coordinate must be reduced, the sign bit must fit."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_weak_key(raw):
    """True for keys of low order: a signature that holds for one message holds for all of them."""
    point = _point(raw)
    return point is None or _same_point(_times(8, point), IDENTITY)


def ed25519_verify(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    # Without this bound, S + L would be a second signature of the same message.
    if key is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return _same_point(_times(scalar, BASE), _add(commitment, _times(challenge, key)))


SPKI_HEAD = bytes.fromhex("302a300506032b6570032100")


def base64_strict(value):
    """The bytes of canonical base64, or None."""
    try:
        raw = base64.b64decode(text(value), validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw).decode() == value else None


def keys_of(document, where, notes):
    """keyid to public key. An entry whose id is not the digest of its key, or whose key is weak, is a problem."""
    keys = {}
    for keyid, encoded in obj(obj(document).get("keys")).items():
        der = base64_strict(encoded)
        if der is None or keyid != "SHA256:" + sha256(der).hexdigest():
            notes.blame(where, "a key id is not the digest of its key", "keys")
        elif len(der) != 44 or not der.startswith(SPKI_HEAD) or is_weak_key(der[12:]):
            notes.blame(where, "a key is no sound Ed25519 key", "keys")
        else:
            keys[keyid] = der[12:]
    return keys


def pae(kind, body):
    head = kind.encode()
    return b"DSSEv1 %d %s %d " % (len(head), head, len(body)) + body


def signed_by(keys, keyid, kind, body, signature):
    raw = base64_strict(signature)
    key = keys.get(keyid)
    return key is not None and raw is not None and ed25519_verify(key, pae(kind, body), raw)


# ------------------------------------------------------------------------------------------------------ files of a bundle


class Source:
    """One regular file of the bundle; record files are read once, line by line."""

    def __init__(self, path, full, size):
        self.path, self.full, self.size = path, full, size
        self.sha256 = self.chain_head = self.merkle_root = None
        self.records = 0
        self.cut = False
        self.states = {}


def list_files(root, notes):
    found = []
    for folder, folders, names in os.walk(root, followlinks=False):
        for name in list(folders) + names:
            full = os.path.join(folder, name)
            path = os.path.relpath(full, root).replace(os.sep, "/")
            state = os.lstat(full)
            if stat.S_ISDIR(state.st_mode):
                continue
            if not stat.S_ISREG(state.st_mode):
                notes.blame(f"evidence/{path}", "it is no regular file: a bundle holds no links and no devices")
            elif state.st_size > LARGEST_FILE:
                notes.blame(f"evidence/{path}", "it is larger than any file of a bundle may be")
            else:
                found.append(Source(path, full, state.st_size))
        if len(found) > MOST_FILES:
            notes.blame("evidence", f"it holds more than {MOST_FILES} files")
            break
    return {one.path: one for one in sorted(found, key=lambda one: one.path.encode("utf-16-be", "surrogatepass"))}


def read_lines(source, wanted, each=None):
    """One pass over a file: digest of the whole, and chain and root after every count in `wanted`."""
    digest, lines = hashlib.sha256(), LineDigest()
    source.states = {0: (lines.chain_head(), lines.merkle_root())}
    with open(source.full, "rb") as stream:
        for raw in stream:
            digest.update(raw)
            if not raw.endswith(b"\n"):
                source.cut = True
                break
            line = raw[:-1]
            lines.add(line)
            if each is not None:
                each(line, lines.records)
            if lines.records in wanted:
                source.states[lines.records] = (lines.chain_head(), lines.merkle_root())
    source.sha256, source.records = digest.hexdigest(), lines.records
    source.chain_head, source.merkle_root = lines.chain_head(), lines.merkle_root()
    source.states[lines.records] = (source.chain_head, source.merkle_root)


class Bundle:
    def __init__(self, folder, notes):
        self.folder = folder
        self.root = os.path.join(folder, "evidence")
        self.notes = notes
        self.files = list_files(self.root, notes)
        self._documents = {}

    def raw(self, path):
        source = self.files.get(path)
        if source is None or source.size > LARGEST_DOCUMENT:
            return None
        with open(source.full, "rb") as stream:
            return stream.read()

    def document(self, path):
        """One canonical document; {} with a problem when it cannot be read. Read, and blamed, once."""
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def _read(self, path):
        where, raw = f"evidence/{path}", self.raw(path)
        if raw is None:
            self.notes.blame(where, "the file is missing or too large")
            return {}
        try:
            value = parse_canonical(raw[:-1] if raw.endswith(b"\n") else raw)
        except NotCanonical as error:
            self.notes.blame(where, f"not canonical JSON: {error}")
            return {}
        if not raw.endswith(b"\n"):
            self.notes.blame(where, "the last line is cut")
        if not isinstance(value, dict):
            self.notes.blame(where, "not a JSON object")
        return obj(value)


MANIFEST_FIELDS = ["files", "planSha256", "reports", "run", "schema", "state"]
ENTRY_FIELDS = ["bytes", "chainHead", "merkleRoot", "records", "sha256"]


def check_manifest(bundle, manifest, is_open):
    notes = bundle.notes
    entries = obj(manifest.get("files"))
    for path, entry in entries.items():
        source = bundle.files.get(path)
        where = f"evidence/{path}"
        if re.search(r"(^/|\\|(^|/)\.\.?(/|$))", path):
            notes.blame("evidence/manifest.json", "it lists a path outside the bundle", path)
        elif source is None:
            notes.blame(where, "the manifest lists this file and it is missing")
        elif not is_open:
            found = {
                "bytes": source.size,
                "chainHead": source.chain_head,
                "merkleRoot": source.merkle_root,
                "records": source.records,
                "sha256": source.sha256,
            }
            wrong = [name for name in found if obj(entry).get(name) != found[name]]
            if wrong or list(obj(entry)) != ENTRY_FIELDS:
                differ = ", ".join(wrong) or "fields"
                notes.blame(where, f"the file is not the one in the manifest: {differ} differ", (wrong or ["fields"])[0])
            if source.cut:
                notes.blame(where, "the last line is cut")
    if not is_open:
        for path in bundle.files:
            if path not in BESIDE and path not in entries:
                notes.blame(f"evidence/{path}", "the manifest does not list this file")
    notes.tick(f"{len(bundle.files)} files against manifest.json: bytes, SHA-256, records, hash chain, Merkle root")


# ---------------------------------------------------------------------------------------------------- signatures and runs


def open_envelope(envelope, keys, where, notes):
    """(payload, type, keyid) of an envelope that a known key signed, else None."""
    payload = base64_strict(envelope.get("payload"))
    shaped = list(envelope) == ["payload", "payloadType", "signatures"] and payload is not None
    entries = [obj(entry) for entry in arr(envelope.get("signatures"))]
    if not shaped or any(list(entry) != ["keyid", "sig"] for entry in entries):
        notes.blame(where, "it is no DSSE envelope", "signatures")
        return None
    kind = text(envelope.get("payloadType"))
    for entry in entries:
        if signed_by(keys, entry["keyid"], kind, payload, entry["sig"]):
            return payload, kind, entry["keyid"]
    return None


def check_signatures(bundle, manifest, plan_raw, is_open, trusted):
    """Keys and assurance of the bundle. Keys that came with it prove integrity only."""
    notes = bundle.notes
    parts = [name for name in SIGNATURES if name in bundle.files]
    if not parts:
        if trusted is not None:
            notes.blame("evidence/keys.json", "nothing is signed, and a trusted signature was asked for")
        return {}, "A0", ["Assurance A0: nothing is signed."]
    keys = keys_of(bundle.document("keys.json"), "evidence/keys.json", notes)
    where = "evidence/plan.dsse.json"
    plan = open_envelope(bundle.document("plan.dsse.json"), keys, where, notes)
    if plan is None or plan[1] != PLAN_TYPE:
        notes.blame(where, "no signature of the plan holds", "signatures")
    elif plan[0] != plan_raw:
        notes.blame("evidence/plan.json", "the plan is not the one that was signed", "payload")
    if not is_open:
        check_statement(bundle, manifest, keys, plan[2] if plan else "")
    if trusted is not None and (plan is None or plan[2] not in trusted):
        notes.blame(where, "it is signed by a key that is not trusted", "signatures")
    notes.tick("signatures of plan and run over their exact bytes")
    whose = ", ".join(keys)
    how = "which is trusted" if trusted is not None else "which came with the bundle"
    return keys, "A1", [f"Assurance A1: signed by the key {whose}, {how}. Integrity, not honesty."]


def check_statement(bundle, manifest, keys, plan_key):
    notes, where = bundle.notes, "evidence/run.dsse.json"
    run = open_envelope(bundle.document("run.dsse.json"), keys, where, notes)
    if run is None or run[1] != STATEMENT_TYPE:
        return notes.blame(where, "no signature of the run holds", "signatures")
    if run[2] != plan_key:
        notes.blame(where, "plan and run are signed by different keys", "keyid")
    try:
        statement = obj(parse_canonical(run[0]))
    except NotCanonical as error:
        return notes.blame(where, f"not canonical JSON: {error}", "payload")
    subjects = {text(obj(one).get("name")): obj(obj(one).get("digest")) for one in arr(statement.get("subject"))}
    if obj(subjects.get("manifest.json")).get("sha256") != sha256(bundle.raw("manifest.json") or b"").hexdigest():
        notes.blame("evidence/manifest.json", "the manifest is not the one that was signed", "subject")
    start = obj(bundle.document("env.json").get("start"))
    if "source" in subjects and subjects["source"].get("gitCommit") != start.get("commit"):
        notes.blame(where, "the statement names another commit than the fingerprint", "subject")
    if "package-lock.json" in subjects and subjects["package-lock.json"].get("sha256") != start.get("lockfileSha256"):
        notes.blame(where, "the statement names another lockfile than the fingerprint", "subject")
    predicate = obj(statement.get("predicate"))
    plans = {text(obj(one).get("name")): obj(obj(one).get("digest")) for one in arr(predicate.get("configuration"))}
    if obj(plans.get("plan.json")).get("sha256") != manifest.get("planSha256"):
        notes.blame(where, "the statement names another plan", "predicate.configuration")
    bundle.statement = statement


def check_statement_words(bundle, plan, claims, judgement):
    """Result and lists of the signed statement, worked out from the claims."""
    statement = getattr(bundle, "statement", None)
    if statement is None:
        return
    notes, where = bundle.notes, "evidence/run.dsse.json"
    predicate = obj(statement.get("predicate"))
    verdict = text(judgement.get("verdict"))
    result = {"CERTIFIED": "PASSED", "CONDITIONAL": "WARNED"}.get(verdict, "FAILED")
    if predicate.get("result") != result:
        notes.blame(where, "the signed result is not that of the run verdict", "predicate.result")
    gated = {text(one.get("id")) for one in plan_claims(plan) if one.get("need") != "info"}
    inside = [one for one in claims.values() if one.get("id") in gated]
    name = lambda one: f"{one.get('target')}/{one.get('id')}"
    passed = [name(one) for one in inside if one.get("verdict") == "PASS"]
    failed = [f"{one.get('verdict')}: {name(one)}" for one in inside if one.get("verdict") != "PASS"]
    if predicate.get("passedTests") != passed:
        notes.blame(where, "the tests it calls passed are not the claims that passed", "predicate.passedTests")
    if predicate.get("failedTests") != ([] if result != "FAILED" else failed):
        notes.blame(where, "the tests it calls failed are not the claims that failed", "predicate.failedTests")
    own = "https://e2b-swarm.dev/attestation/validation/v1"
    wanted = own if judgement.get("simulatedOnly") is True else "https://in-toto.io/attestation/test-result/v0.1"
    if statement.get("predicateType") != wanted:
        notes.blame(where, "the statement is of another type than such a run may have", "predicateType")


def read_checkpoints(bundle):
    """Rows with their raw line, and which counts of which file must be looked at."""
    rows, wanted, notes = [], {}, bundle.notes
    source = bundle.files.get("checkpoints.ndjson")
    if source is None:
        return rows, wanted
    with open(source.full, "rb") as stream:
        for index, raw in enumerate(stream):
            if index == 0 or not raw.endswith(b"\n"):
                continue
            try:
                row = obj(parse_canonical(raw[:-1]))
            except NotCanonical as error:
                notes.blame("evidence/checkpoints.ndjson", f"not a canonical record: {error}", f"line {index + 1}")
                row = {}
            rows.append((raw[:-1], row))
            for path, entry in obj(row.get("files")).items():
                count = whole(obj(entry).get("records"))
                if count is not None:
                    wanted.setdefault(path, set()).add(count)
    return rows, wanted


def check_checkpoints(bundle, rows, keys, signed, is_open):
    notes, where = bundle.notes, "evidence/checkpoints.ndjson"
    time, before = -1, {}
    for index, (line, row) in enumerate(rows):
        place = f"line {index + 2}"
        at = whole(row.get("t"))
        if list(row) != ["files", "seq", "sig", "t"] or row["seq"] != index or at is None or at < time:
            notes.blame(where, "checkpoints are out of sequence", place)
        time = at if at is not None else time
        signature = row.get("sig")
        if not signed and signature is not None:
            notes.blame(where, "the checkpoint is signed, but the signatures of the run were taken away", place)
        if signed and not checkpoint_signed(line, row, keys):
            notes.blame(where, "the signature of the checkpoint does not hold", place)
        then = obj(row.get("files"))
        for path in before:
            if (whole(obj(then.get(path)).get("records")) or 0) < before[path]:
                notes.blame(where, f"{path} holds fewer records than the checkpoint before saw", place)
        for path, entry in then.items():
            count = whole(obj(entry).get("records"))
            source = bundle.files.get(path)
            state = source.states.get(count) if source is not None else None
            if state != (obj(entry).get("chainHead"), obj(entry).get("merkleRoot")):
                problem = f"the file is not what the checkpoint in {place} saw"
                notes.blame(f"evidence/{path}", problem, f"first {count} lines")
            before[path] = count or 0
    if not is_open:
        if len(rows) < 2:
            notes.blame(where, "a closed run has a checkpoint at its start and at its end")
        for path, source in bundle.files.items():
            if kind_of(path) and rows and before.get(path) != source.records:
                notes.blame(f"evidence/{path}", "records were added after the last checkpoint", "records")
    notes.tick(f"{len(rows)} checkpoints: order, signature, and what each file then held")


def checkpoint_signed(line, row, keys):
    signature = obj(row.get("sig"))
    if list(signature) != ["keyid", "sig"]:
        return False
    body = canonical({name: row[name] for name in ("files", "seq", "t") if name in row}).encode()
    return signed_by(keys, signature["keyid"], CHECKPOINT_TYPE, body, signature["sig"])


# --------------------------------------------------------------------------------------------------------------- records

SAMPLE_FIELDS = ["att", "cl", "dur", "i", "k", "out", "ph", "provenance", "sch", "st", "target", "wit"]
SAMPLE_CENSORED = ["att", "cens", *SAMPLE_FIELDS[1:]]
OBSERVATION_FIELDS = ["expected", "i", "k", "observed", "out", "provenance", "t", "target", "what", "wit"]
HEADER_FIELDS = ["clock", "k", "metric", "planSha256", "run", "schema", "unit"]
ENDPOINT_FIELDS = ["class", "port", "tlsDomain", "tlsFingerprint"]
EVENT_FIELDS = {
    "wit": [
        "endpoint", "exchanges", "i", "id", "k", "kind", "listed", "nonce", "nonceEcho", "pid", "pidStart", "problems",
        "provenance", "sandboxId", "serverStartedAt", "t", "target",
    ],
    "srv": ["domain", "i", "k", "ownProcess", "pid", "port", "t", "target"],
    "meter": ["i", "k", "memMiB", "metric", "ns", "provenance", "sandboxId", "t", "target", "vcpu", "wit"],
    "note": ["data", "i", "k", "t", "what"],
}
NOTE_KINDS = {"start", "end", "abort", "fault", "retry", "heartbeat", "clock", "lifecycle", "health", "orphan"}
OUTCOME = re.compile(r"(?:ok|timeout|indeterminate|dropped|aborted|error:[a-z][a-z0-9.-]{0,63})\Z")


def kind_of(path):
    for kind in ("samples", "observations", "events"):
        if path.startswith(kind + "/") and path.endswith(".ndjson"):
            return kind
    return None


class Samples:
    """Samples as columns, so that a million of them stay small. A missing start is -1."""

    def __init__(self):
        self.sch, self.st, self.dur = array("q"), array("q"), array("q")
        self.out, self.ph, self.cl, self.origin = [], [], [], []

    def __len__(self):
        return len(self.sch)

    def append(self, row):
        self.sch.append(row["sch"])
        self.st.append(-1 if row["st"] is None else row["st"])
        self.dur.append(-1 if row["dur"] is None else row["dur"])
        intern = sys.intern
        self.out.append(intern(row["out"]))
        self.ph.append(intern(row["ph"]))
        self.cl.append(row["cl"])
        self.origin.append((intern(row["provenance"]), row["target"] == "cloud", row["wit"]))


class RecordFile:
    def __init__(self, source, kind):
        self.source, self.path, self.kind = source, source.path, kind
        self.header, self.metric, self.broken = {}, "", False
        self.rows = Samples() if kind == "samples" else []


def read_record_file(source, kind, wanted, expected, is_open, notes):
    file, where = RecordFile(source, kind), f"evidence/{source.path}"

    def each(line, number):
        if file.broken:
            return
        if len(line) > LONGEST_LINE:
            notes.blame(where, "the line is longer than any record", f"line {number}")
            file.broken = True
            return
        try:
            row = parse_canonical(line)
        except NotCanonical as error:
            notes.blame(where, f"not a canonical record: {error}", f"line {number}")
            file.broken = True
            return
        if number == 1:
            file.header = obj(row)
            return
        problem = row_problem(kind, obj(row), number - 2)
        if problem is not None:
            notes.blame(where, problem, f"line {number}")
            file.broken = True
            return
        file.rows.append(row)

    read_lines(source, wanted, each)
    file.metric = text(file.header.get("metric"))
    if not (is_open and source.records == 0):
        problem = header_problem(kind, file.header, expected)
        if problem is not None:
            notes.blame(where, problem, "line 1")
    return file


def header_problem(kind, header, expected):
    run, plan_sha = expected
    if list(header) != HEADER_FIELDS or header["k"] != "hdr" or header["schema"] != f"evidence/{kind}/1":
        return "the header is of another kind"
    if header["run"] != run:
        return "the records belong to another run"
    if header["planSha256"] != plan_sha:
        return "the records were made under another plan"
    if header["unit"] != {"samples": "ns"}.get(kind, "count"):
        return "samples are counted in ns" if kind == "samples" else "the unit is not count"
    return None if header["clock"] == "hrtime" else "the clock is not hrtime"


def row_problem(kind, row, index):
    if row.get("i") != index or not is_int(row["i"]):
        return f"the record has number {row.get('i')}, wanted {index}"
    given = list(row)
    if kind == "samples":
        fits = given == SAMPLE_FIELDS or given == SAMPLE_CENSORED
    else:
        fits = given == (OBSERVATION_FIELDS if kind == "observations" else EVENT_FIELDS.get(text(row.get("k"))))
    if not fits or (kind == "samples" and row["k"] != "s") or (kind == "observations" and row["k"] != "o"):
        return "the record has not the fields of its kind"
    if row["k"] != "note" and row["target"] not in ("local", "cloud"):
        return "the target is unknown"
    if "provenance" in row and row["provenance"] not in STRENGTH:
        return "the provenance is unknown"
    if "wit" in row and row["wit"] is not None and not isinstance(row["wit"], str):
        return "wit is no id"
    if kind == "samples":
        return sample_problem(row)
    if whole(row["t"]) is None:
        return "t is no whole number"
    return observation_problem(row) if kind == "observations" else event_problem(row)


def sample_problem(row):
    started = row["st"] is not None
    for name in ("sch", "att") + (("st", "dur") if started else ()):
        if whole(row[name]) is None:
            return f"{name} is no whole number of at least 0"
    if row["att"] < 1:
        return "att is below one"
    if not started and row["dur"] is not None:
        return "a duration without a start"
    if started and row["st"] < row["sch"]:
        return "it started before its schedule"
    if not OUTCOME.match(text(row["out"])):
        return "the outcome is unknown"
    if row["out"] == "ok" and not started:
        return "an ok sample that never started"
    if row["out"] == "dropped" and started:
        return "a dropped sample that started"
    if (row["out"] == "timeout") != (row.get("cens") == "right"):
        return "cens is for timeouts, and every timeout needs it"
    if row["cl"] is not None and not isinstance(row["cl"], str):
        return "cl is no name"
    return None if row["ph"] in ("warmup", "measure", "cooldown") else "the phase is unknown"


def observation_problem(row):
    expected, observed, out = row["expected"], row["observed"], row["out"]
    if not isinstance(expected, str) or not isinstance(observed, str) or not isinstance(row["what"], str):
        return "expected and observed must be text"
    if out == "ok" and expected != observed:
        return "called ok although expected and observed differ"
    if out == "error:mismatch" and expected == observed:
        return "called a mismatch although expected and observed agree"
    return None if out in ("ok", "error:mismatch", "error:threw") else "the outcome is unknown"


def event_problem(row):
    kind = row["k"]
    if kind == "wit":
        numbers = ["exchanges"] + ([] if row["pid"] is None else ["pid"])
        if row["kind"] not in ("exchange", "process", "child") or list(obj(row["endpoint"])) != ENDPOINT_FIELDS:
            return "the witness is of no known kind"
        if not isinstance(row["id"], str) or not all(isinstance(one, str) for one in arr(row["problems"])):
            return "the witness is of no known kind"
    elif kind == "meter":
        numbers = ["ns", "vcpu", "memMiB"]
        if not isinstance(row["metric"], str) or not isinstance(row["sandboxId"], str):
            return "the meter reading names no sandbox"
    elif kind == "srv":
        numbers = ["port"]
    else:
        return None if row["what"] in NOTE_KINDS and isinstance(row["data"], dict) else "the note is of no known kind"
    for name in numbers:
        if whole(row[name]) is None:
            return f"{name} is no whole number of at least 0"
    return None


class Seen:
    """Witnesses by id and the ports that local servers announced."""

    def __init__(self, files, notes):
        self.witnesses, self.ports, self.opened = {}, set(), None
        self._verdicts = {}
        for file in files:
            if file.kind != "events":
                continue
            for index, row in enumerate(file.rows):
                if row["k"] == "srv" and row["target"] == "local":
                    self.ports.add(row["port"])
                    self.opened = row["t"] if self.opened is None else min(self.opened, row["t"])
                if row["k"] != "wit":
                    continue
                if row["id"] in self.witnesses:
                    notes.blame(f"evidence/{file.path}", f"the witness {row['id']} stands twice", f"line {index + 2}")
                self.witnesses[row["id"]] = row

    def problem(self, provenance, target, wit):
        """Why a record's provenance or target is not what its witness saw; None when they agree."""
        key = (provenance, target, wit)
        if key not in self._verdicts:
            self._verdicts[key] = self._problem(provenance, target, wit)
        return self._verdicts[key]

    def _problem(self, provenance, target, wit):
        if wit is None:
            claims = provenance in ("measured", "replayed")
            return "it calls itself measured or replayed and names no witness" if claims else None
        witness = self.witnesses.get(wit)
        if witness is None:
            return f"its witness {wit} is in no events file"
        if witness["target"] != target:
            return "its target is not the one its witness saw"
        if witness["provenance"] != provenance:
            return "its provenance is not the one its witness allows"
        if provenance != "measured":
            return None
        if witness["problems"]:
            return "its witness names a problem and still says measured"
        if witness["kind"] != "exchange":
            return "its process witness names no process" if witness["pid"] is None else None
        if witness["exchanges"] < 1:
            return "its witness saw no exchange"
        if witness["listed"] is False:
            return "the server did not list the sandbox of its witness"
        end = witness["endpoint"]
        if target == "local":
            there = end["class"] == "loopback" and end["port"] in self.ports
            return None if there else "the peer of its witness is not the announced local server"
        there = end["class"] == "public" and end["tlsFingerprint"] is not None
        return None if there else "the peer of its witness is not the cloud"


def origins_of(file):
    """(provenance, target, witness) of every record of a file, in order."""
    if file.kind == "samples":
        return [(one[0], "cloud" if one[1] else "local", one[2]) for one in file.rows.origin]
    return [(row["provenance"], row["target"], row["wit"]) for row in file.rows if "provenance" in row and "wit" in row]


# ----------------------------------------------------------------------------------------------------- binomials, exactly

BITS = 256


class Bounds:
    """A positive number between low·2^power and high·2^power."""

    def __init__(self, low, high, power):
        self.low, self.high, self.power = low, high, power

    @staticmethod
    def of(top, bottom):
        return Bounds((top << BITS) // bottom, -((-top << BITS) // bottom), -BITS)

    def times(self, other):
        low, high, power = self.low * other.low, self.high * other.high, self.power + other.power
        spare = high.bit_length() - BITS
        if spare > 0:
            low, high, power = low >> spare, -(-high >> spare), power + spare
        return Bounds(low, high, power)

    def to_the(self, exponent):
        found, factor = Bounds(1, 1, 0), self
        while exponent > 0:
            if exponent & 1:
                found = found.times(factor)
            factor = factor.times(factor)
            exponent >>= 1
        return found


def _walk(n, ppm):
    """Yields bounds of P(X ≤ 0), P(X ≤ 1), … as (low, high, power), X ~ Bin(n, ppm / 1e6), 0 < ppm < 1e6."""
    share = Fraction(ppm, 1_000_000)
    a, b = share.numerator, share.denominator - share.numerator
    first = Bounds.of(b, share.denominator).to_the(n)
    low, high, power = first.low, first.high, first.power
    sum_low, sum_high = low, high
    for i in range(n + 1):
        yield sum_low, sum_high, power
        up, down = (n - i) * a, (i + 1) * b
        low, high = low * up // down, -(-high * up // down)
        sum_low, sum_high = sum_low + low, sum_high + high
        spare = sum_high.bit_length() - 2 * BITS
        if spare > 0:
            spare += BITS
            low, high, power = low >> spare, -(-high >> spare), power + spare
            sum_low, sum_high = sum_low >> spare, -(-sum_high >> spare)


def _compare(low, high, power, alpha):
    """Is the number ≤ alpha? True, False, or None when the bounds do not tell."""
    left, right = alpha.denominator, alpha.numerator
    if power >= 0:
        left <<= power
    else:
        right <<= -power
    if high * left <= right:
        return True
    return False if low * left > right else None


def exact_at_most(k, n, ppm):
    share = Fraction(ppm, 1_000_000)
    a, d = share.numerator, share.denominator
    term = (d - a) ** n
    total = term
    for i in range(k):
        term = term * (n - i) * a // ((i + 1) * (d - a))
        total += term
    return Fraction(total, d**n)


_largest = {}


def largest_within(n, ppm, alpha):
    """Largest k below n with P(X ≤ k; n, ppm) ≤ alpha; None when even 0 is too many."""
    if ppm <= 0 or n <= 0:
        return None
    if ppm >= 1_000_000:
        return n - 1
    key = (n, ppm, alpha)
    if key not in _largest:
        best = None
        for k, (low, high, power) in enumerate(_walk(n, ppm)):
            within = k < n and _compare(low, high, power, alpha)
            if within is None:
                within = exact_at_most(k, n, ppm) <= alpha
            if not within:
                break
            best = k
        _largest[key] = best
    return _largest[key]


def at_most_within(k, n, ppm, alpha):
    """P(X ≤ k; n, ppm) ≤ alpha?"""
    if k < 0:
        return True
    if k >= n or ppm <= 0:
        return alpha >= 1
    best = largest_within(n, ppm, alpha)
    return best is not None and k <= best


def at_least_within(k, n, ppm, alpha):
    return at_most_within(n - k, n, 1_000_000 - ppm, alpha)


def upper_rank(n, q, alpha):
    """min{r : P(X ≤ r − 1) ≥ 1 − alpha}, X ~ Bin(n, q); None beyond n. P(X ≥ r) = P(n − X ≤ n − r)."""
    k = largest_within(n, 1_000_000 - q, alpha)
    return None if k is None else n - k


def lower_rank(n, q, alpha):
    k = largest_within(n, q, alpha)
    return None if k is None else min(n, k + 1)


def size_needed(q, alpha, k):
    """Smallest n at which k exceedances would pass the gate on quantile q; None beyond the largest plan."""
    reach = k + 1
    while not at_most_within(k, reach, 1_000_000 - q, alpha):
        if reach >= LARGEST_PLAN:
            return None
        reach *= 2
    least = k + 1
    while least < reach:
        middle = (least + reach) // 2
        if at_most_within(k, middle, 1_000_000 - q, alpha):
            reach = middle
        else:
            least = middle + 1
    return least


def lower_ppm(good, n, alpha):
    """Clopper–Pearson lower bound: the largest p in ppm with P(X ≥ good; n, p) ≤ alpha."""
    if good <= 0:
        return 0
    low, high = 0, 999_999
    while low < high:
        middle = (low + high + 1) // 2
        if at_least_within(good, n, middle, alpha):
            low = middle
        else:
            high = middle - 1
    return low


def ceil_div(a, b):
    return -(-a // b)


# ------------------------------------------------------------------------------------------------------------ dependence


def thinning_step(values):
    """1, or ⌈(1 + ρ) / (1 − ρ)⌉ when the lag-1 autocorrelation ρ is above one fifth."""
    n = len(values)
    if n < 2:
        return 1
    total = sum(values)
    # Everything times n: deviations n·x − Σx are whole.
    away = [n * value - total for value in values]
    spread = sum(one * one for one in away)
    joint = sum(one * other for one, other in zip(away, away[1:]))
    if spread == 0 or 5 * joint <= spread:
        return 1
    return ceil_div(spread + joint, spread - joint)


def cluster_worth(groups):
    """⌊n / (1 + (m̃ − 1)·ICC)⌋: ANOVA's ICC for unequal groups, Kish's mean size m̃ = Σm² / n; at least 1."""
    n, c = sum(map(len, groups)), len(groups)
    if n == c:
        return n
    if c == 1:
        return 1
    total = sum(map(sum, groups))
    squares = sum(value * value for group in groups for value in group)
    by_size = {}
    for group in groups:
        by_size[len(group)] = by_size.get(len(group), 0) + sum(group) ** 2
    between = sum(Fraction(amount, size) for size, amount in by_size.items())
    msb = (between - Fraction(total * total, n)) / (c - 1)
    msw = (squares - between) / (n - c)
    sizes = sum(len(group) ** 2 for group in groups)
    typical = (n - Fraction(sizes, n)) / (c - 1)
    scale = msb + (typical - 1) * msw
    if msb <= msw or scale <= 0:
        return n
    effect = 1 + (Fraction(sizes, n) - 1) * (msb - msw) / scale
    return max(1, int(n / effect))


# ------------------------------------------------------------------------------------------------------------- the gates


class Ruling:
    def __init__(self, verdict, value=None, need=None, over=0):
        self.verdict, self.value, self.need, self.over = verdict, value, need, over


def gate_below(readings, q, alpha, limit, worth, accuses=True):
    """"P_q < limit" on (value, cut) readings: a cut reading is at least its value, so it can only speak against."""
    n = len(readings)
    against = sum(1 for value, cut in readings if cut or value >= limit)
    proven = sum(1 for value, _ in readings if value >= limit)
    up, down = upper_rank(worth, q, alpha), lower_rank(worth, q, alpha)
    sound = sorted(value for value, cut in readings if not cut)
    rank = None if up is None else ceil_div(up * n, worth)
    bound = sound[rank - 1] if rank is not None and rank <= len(sound) else None
    if up is not None and worth - ceil_div(against * worth, n) >= up:
        return Ruling("PASS", bound, None, against)
    if accuses and down is not None and proven * worth // n > worth - down:
        order = sorted(value for value, _ in readings)
        place = ceil_div((down - 1) * n, worth)
        return Ruling("FAIL", order[place] if place < n else None, None, against)
    return _waiting(up is None, bound, q, alpha, against, n, worth)


def gate_above(readings, q, alpha, limit, worth, accuses=True):
    """"P_q > limit": the mirror image; a cut reading counts at what was seen and proves nothing."""
    n = len(readings)
    against = sum(1 for value, _ in readings if value <= limit)
    proven = sum(1 for value, cut in readings if value <= limit and not cut)
    up, down = upper_rank(worth, q, alpha), lower_rank(worth, q, alpha)
    order = sorted(value for value, _ in readings)
    place = None if down is None else n - ceil_div((worth + 1 - down) * n, worth)
    bound = order[place] if place is not None and place >= 0 else None
    if down is not None and ceil_div(against * worth, n) < down:
        return Ruling("PASS", bound, None, against)
    if accuses and up is not None and proven * worth // n >= up:
        last = sorted(readings, key=lambda one: (one[1], one[0]))
        place = n - ceil_div((worth - up) * n, worth) - 1
        return Ruling("FAIL", last[place][0] if place >= 0 else None, None, against)
    return _waiting(down is None, bound, 1_000_000 - q, alpha, against, n, worth)


def _waiting(none, bound, q, alpha, against, n, worth):
    size = size_needed(q, alpha, ceil_div(against * worth, n))
    need = None if size is None else ceil_div(size * n, worth)
    return Ruling("INSUFFICIENT" if none else "UNDECIDED", None if none else bound, need, against)


def gate_success(n, failed, unclear, rate, alpha):
    """"At least `rate` ppm succeed". Unclear counts against a pass and against a refusal."""
    bad, miss = failed + unclear, 1_000_000 - rate
    value = lower_ppm(n - bad, n, alpha)
    if at_most_within(bad, n, miss, alpha):
        return Ruling("PASS", value)
    if at_least_within(failed, n, miss, alpha):
        return Ruling("FAIL", 1_000_000 - lower_ppm(failed, n, alpha))
    need = size_needed(rate, alpha, bad)
    if not at_most_within(0, n, miss, alpha):
        return Ruling("INSUFFICIENT", None, need)
    return Ruling("UNDECIDED", value, need)


# --------------------------------------------------------------------------------------------------------- a sick harness


class Sickness:
    """Was the harness well enough to measure? By its own notes, and by how late it sent. What a sick one saw refutes nothing."""

    def __init__(self, plan, files):
        samples = [one for one in files if one.kind == "samples"]
        self.shards = self._sick_shards(plan, files, samples)
        self.metrics = self._late_metrics(plan, samples)

    def accuses(self, files):
        return not any(one.metric in self.metrics or shard_of(one.path) in self.shards for one in files)

    @staticmethod
    def _sick_shards(plan, files, samples):
        """Shards that hold samples and a note beyond a limit of the plan, or no note at all."""
        if plan.get("health") is None:
            return set()
        limits = obj(obj(plan["health"]).get("limits"))

        def within(note):
            values = {name: whole(obj(note["data"]).get(name)) for name in limits}
            return all(values[name] is not None and values[name] <= limits[name] for name in limits)

        sick = set()
        for shard in {shard_of(one.path) for one in samples}:
            rows = [row for one in files if one.path == f"events/{shard}.ndjson" for row in one.rows]
            pulse = [row for row in rows if row["k"] == "note" and row["what"] == "health"]
            if not pulse or not all(map(within, pulse)):
                sick.add(shard)
        return sick

    @staticmethod
    def _late_metrics(plan, samples):
        rule = obj(plan.get("lateness"))
        tolerance, share = whole(rule.get("toleranceNs")), whole(rule.get("maxSharePpm"))
        if tolerance is None or share is None:
            return set()
        counts = {}
        for file in samples:
            count = counts.setdefault(file.metric, [0, 0])
            for sch, st, phase in zip(file.rows.sch, file.rows.st, file.rows.ph):
                if phase == "measure":
                    count[0] += 1
                    count[1] += 1 if st >= 0 and st - sch > tolerance else 0
        return {metric for metric, (counted, behind) in counts.items() if behind * 1_000_000 > share * counted}


# ---------------------------------------------------------------------------------------------------------------- claims


def plan_claims(plan):
    return [obj(claim) for claim in arr(plan.get("claims"))]


def target_in(claim_id):
    return "cloud" if claim_id.startswith("c-cloud.") else "mixed" if claim_id.startswith("c-mixed.") else "local"


class Counted:
    """The records of one metric that count: samples of the measure phase, and observations."""

    def __init__(self, metric, files, exclusions):
        self.sample_files = [one for one in files if one.kind == "samples" and one.metric == metric]
        self.observation_files = [one for one in files if one.kind == "observations" and one.metric == metric]
        self.origins = set()
        self.measured = 0
        self.sch, self.st, self.dur, self.out, self.cl = [], [], [], [], []
        for file in self.sample_files:
            rows = file.rows
            for i, phase in enumerate(rows.ph):
                if phase != "measure":
                    continue
                self.measured += 1
                self.origins.add(rows.origin[i])
                if rows.out[i] in exclusions:
                    continue
                self.sch.append(rows.sch[i])
                self.st.append(rows.st[i])
                self.dur.append(rows.dur[i])
                self.out.append(rows.out[i])
                self.cl.append(rows.cl[i])
        self.observations = [row for file in self.observation_files for row in file.rows]
        self.origins = {(p, "cloud" if cloud else "local", w) for p, cloud, w in self.origins}
        self.origins |= {(row["provenance"], row["target"], row["wit"]) for row in self.observations}
        self.samples = len(self.out)
        self.clusters = len({name for name in self.cl if name is not None}) + self.cl.count(None)
        self._step = None

    def responses(self):
        """Response from the schedule and whether it was cut short, in collection order."""
        return [
            (0 if st < 0 else st + dur - sch, out != "ok")
            for sch, st, dur, out in zip(self.sch, self.st, self.dur, self.out)
        ]

    def step(self):
        if self._step is None:
            self._step = thinning_step([value for value, _ in self.responses()])
        return self._step

    def groups(self, values):
        named, groups = {}, []
        for name, value in zip(self.cl, values):
            if name is not None and name in named:
                named[name].append(value)
                continue
            groups.append([value])
            if name is not None:
                named[name] = groups[-1]
        return groups


class Figure:
    def __init__(self, verdict, value=None, n=0, worth=None, over=0, clusters=0, need=None):
        self.verdict, self.value, self.n, self.over = verdict, value, n, over
        self.worth = n if worth is None else worth
        self.clusters, self.need = clusters, need


def alpha_in(claim, plan):
    conf = whole(claim.get("confPpm"))
    attempt = whole(plan.get("attempt")) or 1
    return Fraction(1_000_000 - (950_000 if conf is None else conf), 1_000_000 * attempt)


def quantile_figure(claim, plan, counted, accuses):
    if counted.samples == 0:
        return Figure("NOT_RUN")
    readings = counted.responses()
    n = len(readings)
    upper = claim["estimator"] == "quantile.upper"
    threshold = obj(claim.get("threshold"))
    limit = whole(threshold.get("value"))
    if limit is None:
        limit = SAFE if upper else -1
    elif upper:
        limit += 1 if threshold.get("op") == "<=" else 0
    else:
        limit -= 1 if threshold.get("op") == ">=" else 0
    clustered = counted.clusters < n
    step = 1 if clustered else counted.step()
    kept = readings[::step]
    worth = cluster_worth(counted.groups([value for value, _ in readings])) if clustered else len(kept)
    q = whole(claim.get("qPpm"))
    gate = gate_below if upper else gate_above
    ruling = gate(kept, 500_000 if q is None else q, alpha_in(claim, plan), limit, worth, accuses)
    if upper:
        over = sum(1 for value, cut in readings if cut or value >= limit)
    else:
        over = sum(1 for value, _ in readings if value <= limit)
    need = None if ruling.need is None else ruling.need * step
    return Figure(ruling.verdict, ruling.value, n, worth, over, counted.clusters, need)


def point_figure(counted, rank):
    n = counted.samples
    if n == 0:
        return Figure("NOT_RUN")
    good = sorted(value for value, cut in counted.responses() if not cut)
    at = max(1, rank(n))
    return Figure("INFO", good[at - 1] if at <= len(good) else None, n, n, 0, counted.clusters)


def agrees(row):
    return row["expected"] == row["observed"] and row["out"] != "error:threw"


def proportion_figure(claim, plan, counted, accuses):
    n = counted.samples + len(counted.observations)
    if n == 0:
        return Figure("NOT_RUN")
    unclear = counted.out.count("indeterminate")
    flags = [0 if out == "ok" else 1 for out in counted.out]
    seen = [0 if agrees(row) else 1 for row in counted.observations]
    bad = sum(flags) + sum(seen)
    clusters = counted.clusters + len(seen)
    worth = n
    if clusters < n:
        worth = cluster_worth(counted.groups(flags) + [[one] for one in seen])
    worst = ceil_div(bad * worth, n)
    # What failed while the harness was sick may have been its own doing.
    failed = (bad - unclear) * worth // n if accuses else 0
    lower = claim["estimator"] == "proportion.lower"
    limit = whole(obj(claim.get("threshold")).get("value"))
    limit = (0 if lower else 1_000_000) if limit is None else limit
    ruling = gate_success(worth, failed, worst - failed, limit if lower else 1_000_000 - limit, alpha_in(claim, plan))
    value = ruling.value if lower or ruling.value is None else 1_000_000 - ruling.value
    need = None if ruling.need is None else ceil_div(ruling.need * n, worth)
    return Figure(ruling.verdict, value, n, worth, bad, clusters, need)


def keeps(value, threshold):
    op, limit = threshold.get("op"), threshold.get("value")
    if not is_int(limit):
        return False
    return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}.get(op, False)


def count_figure(claim, counted, accuses):
    n = counted.samples + len(counted.observations)
    if n == 0:
        return Figure("NOT_RUN")
    value = sum(1 for out in counted.out if out != "ok") + sum(1 for row in counted.observations if not agrees(row))
    if claim.get("threshold") is None:
        return Figure("INFO", value, n, n, value, n)
    kept = keeps(value, obj(claim["threshold"]))
    planned = whole(claim.get("plannedN")) or 0
    excused = not kept and not accuses and all(map(agrees, counted.observations))
    if excused or (kept and n < planned):
        return Figure("INSUFFICIENT", None, n, n, value, n, planned)
    return Figure("PASS" if kept else "FAIL", value, n, n, value, n)


def rate_figure(counted):
    n = counted.samples
    if n == 0:
        return Figure("NOT_RUN")
    ends = [sch if st < 0 else st + dur for sch, st, dur in zip(counted.sch, counted.st, counted.dur)]
    window = max(ends) - min(counted.sch)
    good = counted.out.count("ok")
    return Figure("INFO", good * 1_000_000_000 // window if window > 0 else None, n, n, 0, n)


def micro_usd(meters, prices):
    cpu, memory = whole(prices.get("nanoUsdPerVcpuSecond")), whole(prices.get("nanoUsdPerGibSecond"))
    if cpu is None or memory is None:
        return None
    # ns · (n$/vCPU s · vCPU + n$/GiB s · MiB / 1024), in n$ · 1e-9, to µ$ rounded up once.
    total = sum(Fraction(one["ns"] * (cpu * one["vcpu"] * 1024 + memory * one["memMiB"]), 1024) for one in meters)
    return ceil_div(total.numerator, total.denominator * 10**12)


def cost_figure(claim, plan, meters):
    n = len(meters)
    value = micro_usd(meters, obj(plan.get("priceList")))
    if value is None:
        return Figure("INVALID", None, n, n, 0, n)
    kept = claim.get("threshold") is not None and keeps(value, obj(claim["threshold"]))
    return Figure("PASS" if kept else "FAIL", value, n, n, 0, n)


def origin_for(claim, origins, meter, seen):
    """(provenance, target, unfit): the weakest record decides, one stray target spoils all."""
    wanted = target_in(text(claim.get("id")))
    weakest, targets, broken = len(STRENGTH) - 1, set(), False
    for provenance, target, wit in origins:
        if wit is not None and seen.problem(provenance, target, wit) is not None:
            broken = True
            continue
        earned = provenance
        if meter and target == "local":
            earned = earned if earned == "declared" else "modelled"
        elif wit is None:
            earned = "simulated" if earned in ("measured", "replayed") else earned
        elif earned == "measured":
            kind = seen.witnesses[wit]["kind"]
            logical = claim.get("kind") in ("logic", "safety")
            if kind != "exchange" and claim.get("subject") != "own-code" and not (kind == "child" and logical):
                earned = "simulated"
        weakest = min(weakest, STRENGTH.index(earned))
        targets.add(target)
    target = "mixed" if len(targets) > 1 else next(iter(targets), wanted)
    provenance = STRENGTH[weakest] if targets else "declared"
    stray = wanted != "mixed" and any(one != wanted for one in targets)
    floor = claim.get("provenanceFloor")
    below = STRENGTH.index(provenance) < (STRENGTH.index(floor) if floor in STRENGTH else -1)
    logical = claim.get("kind") in ("logic", "safety") or claim.get("need") == "info"
    only_logic = target != "mixed" and provenance in ("simulated", "replayed")
    return provenance, target, broken or stray or below or (only_logic and not logical)


def derive_claim(claim, plan, files, seen, sick, cache):
    """Every field of a claim that records decide."""
    wanted = target_in(text(claim.get("id")))
    nothing = {
        "value": None, "n": 0, "over": 0, "censored": 0, "dropped": 0, "excluded": 0, "clusters": 0,
        "provenance": "declared", "target": wanted, "verdict": "NOT_RUN", "need": None, "derivedFrom": [],
    }
    parts = re.split(r"[.-]", f"{claim.get('id')}.{claim.get('metric')}")
    if plan.get("isolation") == "none" and (claim.get("needsIsolation") is True or "isolation" in parts):
        return nothing
    exclusions = frozenset(text(one) for one in arr(plan.get("exclusions")))
    estimator, metric = claim.get("estimator"), claim.get("metric")
    meters, used, dropped, censored, excluded = [], [], 0, 0, 0
    if estimator == "cost":
        for file in files:
            mine = [r for r in file.rows if r["k"] == "meter" and r["metric"] == metric] if file.kind == "events" else []
            meters += mine
            used += [file] if mine else []
        origins = [(row["provenance"], row["target"], row["wit"]) for row in meters]
        figure = cost_figure(claim, plan, meters)
    else:
        if metric not in cache:
            cache[metric] = Counted(metric, files, exclusions)
        counted = cache[metric]
        used, origins = counted.sample_files + counted.observation_files, counted.origins
        dropped = counted.out.count("dropped")
        censored = counted.samples - counted.out.count("ok") - dropped
        excluded = counted.measured - counted.samples
        figure = figure_of(claim, plan, counted, sick.accuses(counted.sample_files))
    if not origins:
        return nothing
    provenance, target, unfit = origin_for(claim, origins, estimator == "cost", seen)
    verdict = figure.verdict
    if unfit or (estimator == "cost" and plan.get("priceList") is None):
        verdict = "INVALID"
    elif verdict not in ("NOT_RUN", "INVALID"):
        informs = target == "mixed" or provenance in ("modelled", "declared")
        if claim.get("need") == "info" or claim.get("threshold") is None or informs:
            verdict = "INFO"
    derived = {
        "value": None if verdict in ("INVALID", "NOT_RUN", "INSUFFICIENT") else figure.value,
        "n": figure.n, "over": figure.over, "censored": censored, "dropped": dropped, "excluded": excluded,
        "clusters": figure.clusters, "provenance": provenance, "target": target, "verdict": verdict,
        "need": figure.need if verdict in ("INSUFFICIENT", "UNDECIDED") else None,
        "derivedFrom": [{"records": one.source.records, "sha256": one.source.sha256} for one in used],
    }
    if figure.worth != figure.n:
        derived["nEff"] = figure.worth
    return derived


def figure_of(claim, plan, counted, accuses):
    estimator = claim.get("estimator")
    if estimator in ("quantile.upper", "quantile.lower"):
        return quantile_figure(claim, plan, counted, accuses)
    if estimator == "quantile.point":
        q = whole(claim.get("qPpm"))
        return point_figure(counted, lambda n: ceil_div(n * (500_000 if q is None else q), 1_000_000))
    if estimator == "max.observed":
        return point_figure(counted, lambda n: n)
    if estimator in ("proportion.lower", "proportion.upper"):
        return proportion_figure(claim, plan, counted, accuses)
    if estimator == "count":
        return count_figure(claim, counted, accuses)
    return rate_figure(counted) if estimator == "rate" else Figure("INVALID")


FROM_PLAN = ("metric", "kind", "estimator", "qPpm", "confPpm", "unit", "threshold")


def compare_claims(plan, derived, document, notes):
    where = "evidence/claims.json"
    given = [obj(one) for one in arr(document.get("claims"))]
    planned = {text(one.get("id")): one for one in plan_claims(plan)}
    if [one.get("id") for one in given] != [one.get("id") for one in plan_claims(plan)]:
        notes.blame(where, "the claims are not those of the plan, in its order", "claims")
    for claim in given:
        name = text(claim.get("id"))
        if name not in derived:
            continue
        wanted = {**derived[name], "id": name, "attempt": plan.get("attempt")}
        wanted.update({field: planned[name].get(field) for field in FROM_PLAN})
        for field in sorted(set(wanted) | set(claim)):
            if field == "notes":
                continue
            absent = field not in wanted or field not in claim
            if absent or canonical(in_order(claim[field])) != canonical(in_order(wanted[field])):
                printed = canonical(claim[field]) if field in claim else "missing"
                saw = canonical(wanted[field]) if field in wanted else "no such field"
                notes.blame(where, f"{field} is {printed}, recomputed {saw}", field, name)


# ---------------------------------------------------------------------------------------------------------- run verdict


def claim_reason(claim, found):
    name, verdict = text(claim.get("id")), found["verdict"]
    if claim.get("need") == "info":
        return []
    if verdict == "PASS":
        few = "nEff" in found and found["clusters"] < 30 and found["clusters"] != found["n"]
        return [f"CONDITIONAL claim.few-clusters {name}"] if few else []
    if claim.get("need") == "optional":
        return [f"CONDITIONAL claim.optional {name}"]
    words = {
        "FAIL": "REFUSED claim.fail", "INVALID": "REFUSED claim.invalid", "UNDECIDED": "INCOMPLETE claim.undecided",
        "INSUFFICIENT": "INCOMPLETE claim.insufficient",
    }
    return [f"{words.get(verdict, 'INCOMPLETE claim.not-run')} {name}"]


def derive_reasons(plan, derived, files, dirty, assurance, interrupted, sick):
    """Reasons as `LEVEL code claim`, sorted. Absence is never a pass."""
    reasons = set()
    for claim in plan_claims(plan):
        reasons.update(claim_reason(claim, derived.get(text(claim.get("id")), {"verdict": "NOT_RUN"})))
    events = [one for one in files if one.kind == "events"]
    told = [row for file in events for row in file.rows if row["k"] == "note"]
    aborts = [obj(row["data"]).get("code") for row in told if row["what"] == "abort"]
    checks = [
        (not any(one.get("need") == "required" for one in plan_claims(plan)), "INCOMPLETE no-required-claim"),
        (any(row["what"] == "orphan" for row in told), "REFUSED orphan"),
        (interrupted or any(code != "budget.exceeded" for code in aborts), "INCOMPLETE interrupted"),
        ("budget.exceeded" in aborts, "INCOMPLETE budget"),
        (bool(sick.metrics), "INCOMPLETE schedule"),
        (bool(sick.shards), "INCOMPLETE harness"),
        (assurance in ("A0", "A1"), "CONDITIONAL assurance"),
        (dirty, "CONDITIONAL dirty-tree"),
        ((whole(plan.get("attempt")) or 1) > 1, "CONDITIONAL attempt"),
        (simulated_only(plan, derived), "CONDITIONAL simulated"),
    ]
    for shard in arr(plan.get("shards")):
        rows = [row for one in events if one.path == f"events/{shard}.ndjson" for row in one.rows]
        ended = any(row["k"] == "note" and row["what"] == "end" for row in rows)
        checks.append((not ended, "INCOMPLETE shard.missing"))
    reasons.update(reason for holds, reason in checks if holds)
    return sorted(reasons)


def simulated_only(plan, derived):
    measured = any(one["n"] > 0 and one["provenance"] == "measured" for one in derived.values())
    return plan.get("provenance") != "measured" or not measured


def verdict_for(reasons):
    for level in ("REFUSED", "INCOMPLETE", "CONDITIONAL"):
        if any(reason.startswith(level) for reason in reasons):
            return level
    return "CERTIFIED"


def judge(bundle, plan, derived, files, assurance, sick):
    notes, where = bundle.notes, "evidence/claims.json"
    document, env = bundle.document("claims.json"), bundle.document("env.json")
    compare_claims(plan, derived, document, notes)
    check_words(document, plan, files, notes)
    dirty = any(obj(env.get(end)).get("dirty") is not False for end in ("start", "end"))
    judgement = obj(document.get("judgement"))
    stated = [obj(one) for one in arr(judgement.get("reasons"))]
    interrupted = any(one.get("code") == "interrupted" for one in stated)
    reasons = derive_reasons(plan, derived, files, dirty, assurance, interrupted, sick)
    verdict = verdict_for(reasons)
    wanted = {
        "assurance": assurance, "verdict": verdict, "target": plan.get("target"),
        "simulatedOnly": simulated_only(plan, derived),
    }
    for field, value in wanted.items():
        if judgement.get(field) != value:
            given = judgement.get(field)
            notes.blame(where, f"{field} of the run is given as {given}, the evidence says {value}", f"judgement.{field}")
    given = {f"{one.get('level')} {one.get('code')} {one.get('claim') or ''}".rstrip() for one in stated}
    if sorted(given) != reasons:
        notes.blame(where, "the reasons of the run verdict are not those of the evidence", "judgement.reasons")
    check_heads(bundle, plan, document, env, notes)
    check_ledger(bundle, plan, derived, verdict)
    claims = {text(one.get("id")): one for one in map(obj, arr(document.get("claims")))}
    check_statement_words(bundle, plan, claims, judgement)
    notes.tick(f"run verdict re-derived: {verdict}")
    return verdict


def check_heads(bundle, plan, document, env, notes):
    plan_sha = bundle.files["plan.json"].sha256
    if document.get("schema") != "claims/1" or document.get("run") != plan.get("run"):
        notes.blame("evidence/claims.json", "it belongs to another run", "run")
    if document.get("planSha256") != plan_sha:
        notes.blame("evidence/claims.json", "it was made under another plan", "planSha256")
    if env.get("schema") != "env/1" or env.get("run") != plan.get("run"):
        notes.blame("evidence/env.json", "it belongs to another run", "run")
    start, end = obj(env.get("start")), obj(env.get("end"))
    for field in ("arch", "commit", "cpuModel", "kernel", "lockfileSha256", "node", "package", "platform"):
        if end and start.get(field) != end.get(field):
            notes.blame("evidence/env.json", f"{field} changed during the run", f"end.{field}")


def check_words(document, plan, files, notes):
    """Sentences of notes and reasons hold no figure of their own: figures come from claims."""
    quoted = {row["what"] for one in files if one.kind == "observations" for row in one.rows}
    names = sorted((text(one) for one in arr(plan.get("shards"))), key=len, reverse=True)

    def speaks(sentence):
        for name in names:
            sentence = sentence.replace(name, " ")
        return any(char.isnumeric() for char in NAMES.sub(" ", sentence))

    for claim in map(obj, arr(document.get("claims"))):
        for note in arr(claim.get("notes")):
            if text(note) not in quoted and speaks(text(note)):
                notes.blame("evidence/claims.json", "a note holds a figure that no record holds", "notes", claim.get("id"))
    for reason in map(obj, arr(obj(document.get("judgement")).get("reasons"))):
        if speaks(text(reason.get("sentence"))):
            notes.blame("evidence/claims.json", "a reason holds a figure", "judgement.reasons")


def check_ledger(bundle, plan, derived, verdict):
    notes, where = bundle.notes, "evidence/ledger.json"
    attempts = [obj(one) for one in arr(bundle.document("ledger.json").get("attempts"))]
    if not attempts:
        return notes.blame(where, "it does not hold this attempt", "attempts")
    counted = any(one["n"] > 0 and one["provenance"] == "measured" for one in derived.values())
    wanted = {
        "counted": counted, "createdAtMs": plan.get("createdAtMs"), "planSha256": bundle.files["plan.json"].sha256,
        "run": plan.get("run"), "verdict": verdict,
    }
    for field, value in wanted.items():
        if attempts[-1].get(field) != value:
            notes.blame(where, f"{field} of this attempt is not that of the evidence", field)
    divided = isinstance(plan.get("parts"), list)
    own = attempts[-1].get("planSha256")
    # A divided plan may be merged again, and its parts run where its ledger may not lie: more attempts paid is only stricter.
    earlier = [one for one in attempts[:-1] if not divided or one.get("planSha256") != own]
    before = sum(1 for one in earlier if one.get("counted") is True)
    attempt = whole(plan.get("attempt")) or 0
    if attempt != before + 1 and not (divided and attempt > before):
        notes.blame(where, f"it counts {before} attempts before this one, the plan says {plan.get('attempt')}", "attempt")


# ----------------------------------------------------------------------------------------------------------------- parts

SIGNED_BESIDE = ("plan.dsse.json", "keys.json", "env.json", "checkpoints.ndjson")
MERGE_SHARD = "events/merge.ndjson"


def check_parts(bundle, plan, files):
    """A merged run: every record file is what one part signed. Gives the time at which each file's part was opened."""
    notes, opened = bundle.notes, {}
    numbers = [path[6] for path in bundle.files if re.fullmatch(r"parts/[1-9]/manifest\.json", path)]
    if not numbers:
        if MERGE_SHARD in bundle.files:
            notes.blame(f"evidence/{MERGE_SHARD}", "it is a merged run without what its parts signed")
        return opened
    if not isinstance(plan.get("parts"), list):
        notes.blame("evidence/parts", "its plan is not divided")
    taken = [obj(row.get("data")) for one in files if one.path == MERGE_SHARD for row in one.rows]
    for number in numbers:
        folder, where = f"parts/{number}", f"evidence/parts/{number}/manifest.json"
        own, manifest = bundle.files[f"{folder}/manifest.json"].sha256, bundle.document(f"{folder}/manifest.json")
        if manifest.get("run") != plan.get("run") or manifest.get("planSha256") != bundle.files["plan.json"].sha256:
            notes.blame(where, "it belongs to another run", "planSha256")
        if not any(one.get("shard") == int(number) and one.get("manifestSha256") == own for one in taken):
            notes.blame(where, "it is not the one that the merge took in", "sha256")
        if signed_manifest(bundle, folder) != own:
            notes.blame(where, "no signature of the part holds for it")
        entries = obj(manifest.get("files"))
        records = [path for path in entries if kind_of(path)]
        for name, path in [(one, one) for one in records] + [(one, f"{folder}/{one}") for one in SIGNED_BESIDE]:
            source = bundle.files.get(path)
            if source is None or source.sha256 != obj(entries.get(name)).get("sha256"):
                notes.blame(f"evidence/{path}", f"it is not what part {number} signed", "sha256")
        first = first_checkpoint(bundle.raw(f"{folder}/checkpoints.ndjson") or b"")
        opened.update({path: first for path in records})
    for path in bundle.files:
        if kind_of(path) and path != MERGE_SHARD and path not in opened:
            notes.blame(f"evidence/{path}", "no part of the run signed it")
    notes.tick(f"{len(numbers)} parts: their signatures, and every record file as its part signed it")
    return opened


def signed_manifest(bundle, folder):
    """Digest of the manifest in the part's signed statement; None when its signature does not hold."""
    keys = keys_of(bundle.document(f"{folder}/keys.json"), f"evidence/{folder}/keys.json", bundle.notes)
    where = f"evidence/{folder}/run.dsse.json"
    signed = open_envelope(bundle.document(f"{folder}/run.dsse.json"), keys, where, bundle.notes)
    try:
        statement = obj(parse_canonical(signed[0])) if signed else {}
    except NotCanonical:
        return None
    subjects = {text(obj(one).get("name")): obj(obj(one).get("digest")) for one in arr(statement.get("subject"))}
    return obj(subjects.get("manifest.json")).get("sha256")


def first_checkpoint(raw):
    lines = raw.split(b"\n")
    try:
        return whole(obj(parse_canonical(lines[1])).get("t")) if len(lines) > 2 else None
    except NotCanonical:
        return None


# ----------------------------------------------------------------------------------------------------------------- lints

GRAIN = 1_000_000
FEWEST = 10
FASTEST_EXCHANGE = 20_000


def lint_records(files, seen, rows, is_open, parts, notes):
    """What forged records look like although every digest is right."""
    samples = [one for one in files if one.kind == "samples"]
    first = whole(rows[0][1].get("t")) if rows else None
    for file in files:
        where = f"evidence/{file.path}"
        if file.kind == "events":
            lint_echoes(file, where, notes)
            lint_numbers(file, where, notes)
        elif file.kind == "samples":
            lint_times(file, where, seen, parts.get(file.path, first), notes)
            lint_sequence(file, where, notes)
    lint_order(files, seen, first, parts, notes)
    lint_twice(samples, notes)
    if not is_open:
        lint_cited(files, notes)
        lint_meters(files, seen, notes)
    notes.tick("echoes, grain of times, order of events, speed, series that stand twice, witnesses nobody names, meters")


def lint_echoes(file, where, notes):
    for index, row in enumerate(file.rows):
        if row["k"] != "wit" or (row["nonce"] is None and row["nonceEcho"] is None):
            continue
        problem = None
        if row["nonceEcho"] is None:
            if row["provenance"] == "measured":
                problem = "its nonce was never answered and it still says measured"
        elif row["nonce"] is None or row["sandboxId"] is None:
            problem = "it holds an echo without the nonce or the sandbox that answered"
        elif row["nonceEcho"] != sha256(f"{row['nonce']}:{row['sandboxId']}".encode()).hexdigest():
            problem = "the echo is not the answer of that sandbox to that nonce"
        if problem is not None:
            notes.blame(where, problem, f"line {index + 2}")


def lint_numbers(file, where, notes):
    """Witnesses of a shard are numbered by the recorder without a gap."""
    shard, wanted = file.path[len("events/") : -len(".ndjson")], 0
    for index, row in enumerate(file.rows):
        if row["k"] != "wit":
            continue
        if row["id"] != f"w-{shard}-{wanted}":
            notes.blame(where, f"the witness {row['id']} stands where w-{shard}-{wanted} is due", f"line {index + 2}")
            return
        wanted += 1


def lint_sequence(file, where, notes):
    """Samples stand in the order of their witnesses: both are written in one breath."""
    before = -1
    for index, (out, (_, _, wit)) in enumerate(zip(file.rows.out, file.rows.origin)):
        if out != "ok" or wit is None:
            continue
        digits = wit[wit.rfind("-") + 1 :]
        number = int(digits) if digits.isascii() and digits.isdigit() else before
        if number < before:
            notes.blame(where, "it stands in another order than its witness", f"line {index + 2}")
        before = max(before, number)


def lint_times(file, where, seen, first, notes):
    rows = file.rows
    taken = [dur for dur in rows.dur if dur >= 0]
    if len(taken) >= FEWEST and all(dur % GRAIN == 0 for dur in taken):
        notes.blame(where, "every duration is a whole number of milliseconds, which no measurement gives", "dur")
    long = {}
    for dur in taken:
        if dur >= GRAIN:
            long[dur] = long.get(dur, 0) + 1
    if long and max(long.values()) > max(4, len(taken) // 100):
        notes.blame(where, "one duration stands in many samples to the nanosecond", "dur")
    for index in range(len(rows)):
        place = f"line {index + 2}"
        st, dur, (provenance, _, wit) = rows.st[index], rows.dur[index], rows.origin[index]
        if first is not None and st >= 0 and st < first:
            notes.blame(where, "it started before the plan was signed and the run was opened", place)
        witness = seen.witnesses.get(wit) if wit is not None else None
        if witness is None or witness["kind"] != "exchange" or rows.out[index] != "ok" or st < 0:
            continue
        if st + dur > witness["t"]:
            notes.blame(where, "its witness was written before it ended", place)
        if provenance == "measured" and dur < FASTEST_EXCHANGE:
            notes.blame(where, "it is faster than any exchange over a socket", place)


def lint_order(files, seen, opened, parts, notes):
    for file in files:
        where, before, first = f"evidence/{file.path}", 0, parts.get(file.path, opened)
        if file.kind == "samples":
            for index in range(len(file.rows)):
                st, sch = file.rows.st[index], file.rows.sch[index]
                time = sch if st < 0 else st
                if seen.opened is not None and time < seen.opened and not file.rows.origin[index][1]:
                    problem = "it speaks with the local server before that was announced"
                    notes.blame(where, problem, f"line {index + 2}")
            continue
        for index, row in enumerate(file.rows):
            place, time = f"line {index + 2}", row["t"]
            if time < before:
                notes.blame(where, "it is older than the record before it", place)
            reached = row["k"] == "wit" and row["kind"] == "exchange" and row["target"] == "local"
            if seen.opened is not None and time < seen.opened and reached:
                notes.blame(where, "it speaks with the local server before that was announced", place)
            if file.kind == "observations" and first is not None and time < first:
                notes.blame(where, "it was observed before the plan was signed and the run was opened", place)
            before = max(before, time)


def lint_twice(samples, notes):
    """Two series of nanoseconds never agree by chance: one of them was copied."""
    known = {}
    for file in samples:
        durations = array("q", (dur for dur in file.rows.dur if dur >= 0))
        if len(durations) < FEWEST:
            continue
        series = durations.tobytes()
        if series in known:
            notes.blame(f"evidence/{file.path}", f"its samples are those of evidence/{known[series]}", "dur")
        known.setdefault(series, file.path)


def shard_of(path):
    return path.split("/")[1] if path.startswith("samples/") else None


def lint_cited(files, notes):
    """Where samples are taken, each exchange that was witnessed is one: a witness that nobody names lost its sample."""
    cited = set()
    for file in files:
        cited.update(one[2] for one in origins_of(file))
    shards = {shard_of(one.path) for one in files if one.kind == "samples"}
    for file in files:
        if file.kind != "events" or file.path[len("events/") : -len(".ndjson")] not in shards:
            continue
        for index, row in enumerate(file.rows):
            if row["k"] == "wit" and row["kind"] == "exchange" and row["id"] not in cited:
                problem = f"the exchange {row['id']} was witnessed and no record names it: a sample is missing"
                notes.blame(f"evidence/{file.path}", problem, f"line {index + 2}")
    owners = {}
    for file in files:
        if file.kind != "samples":
            continue
        for index, (out, (_, _, wit)) in enumerate(zip(file.rows.out, file.rows.origin)):
            if wit is None or out != "ok":
                continue
            key = (wit, file.rows.st[index])
            if key in owners:
                problem = f"it is the sample of evidence/{owners[key]} once more"
                notes.blame(f"evidence/{file.path}", problem, f"line {index + 2}")
            owners[key] = file.path


def lint_meters(files, seen, notes):
    """A sandbox was billed at least from the end of its first witnessed operation to the start of its last."""
    lives = {}
    for file in files:
        if file.kind != "samples":
            continue
        rows = file.rows
        for out, st, dur, (_, _, wit) in zip(rows.out, rows.st, rows.dur, rows.origin):
            witness = seen.witnesses.get(wit) if wit is not None else None
            if out != "ok" or witness is None or witness["kind"] != "exchange" or witness["sandboxId"] is None:
                continue
            end, start = lives.get(witness["sandboxId"], (None, None))
            ended = st + dur
            lives[witness["sandboxId"]] = (ended if end is None else min(end, ended), st if start is None else max(start, st))
    metered, place = {}, {}
    for file in files:
        if file.kind == "events":
            for index, row in enumerate(file.rows):
                if row["k"] == "meter":
                    metered[row["sandboxId"]] = metered.get(row["sandboxId"], 0) + row["ns"]
                    place[row["sandboxId"]] = (f"evidence/{file.path}", f"line {index + 2}")
    for sandbox, ns in metered.items():
        end, start = lives.get(sandbox, (0, 0))
        if ns < start - end:
            where, line = place[sandbox]
            notes.blame(where, f"{sandbox} was seen alive for {start - end} ns and is metered for {ns}", line)


# --------------------------------------------------------------------------------------------------------------- reports

NAMES = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:[.-]?[0-9]+[A-Za-z]*)+(?:'s)?\b|\b(?:RFC|ISO) ?[0-9]+\b|\bP99\.9\b")
UNITS = {"ns": 1, "µs": 1_000, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "%": 10_000, "": 1}
SHOWN = re.compile(r"([-−]?)(\$?)([0-9][0-9,]*)(?:\.([0-9]+))?\s*(ns|µs|us|ms|s|%)?\Z")
TOKEN = re.compile(r"(?<![\w.,-])[0-9][0-9,]*(?:\.[0-9]+)?")
RUN_VERDICT = re.compile(r"\b(?:CERTIFIED|CONDITIONAL|INCOMPLETE|REFUSED)\b")
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def shown_agrees(shown, value):
    """False when the text a reader sees is another figure than the value: less than one unit of its last digit off."""
    plain = shown.replace("\u00a0", " ").strip()
    found = SHOWN.match(plain)
    if found is None:
        return not any(char.isnumeric() for char in plain)
    sign, dollar, units, decimals, unit = found.groups()
    decimals = decimals or ""
    scale = 1_000_000 if dollar else UNITS[unit or ""]
    printed = Fraction(int(units.replace(",", "") + decimals), 10 ** len(decimals)) * scale
    printed = -printed if sign else printed
    last = Fraction(scale, 10 ** len(decimals))
    return printed == value or abs(printed - value) < max(last, 1)


def odd_numerals(source):
    """A numeral that is not 0–9: it reads as a figure and no comparison sees it."""
    return next((char for char in source if char.isnumeric() and not "0" <= char <= "9" and ord(char) < 0x2E80 or
                 char.isdecimal() and not "0" <= char <= "9"), None)


class Page(HTMLParser):
    """Walks a page: figures in <data>, headline, visible text, and everything that could hide or fetch something."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.figures, self.texts, self.headline = [], [], [], ""
        self.problems, self.styles, self.quotes = [], [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if len(found) < len(attributes):
            self.problems.append(f"<{tag}> names an attribute twice")
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "template", "noscript"):
            self.problems.append(f"it holds <{tag}>")
        for name, value in attributes:
            value = value or ""
            if name.startswith("on") or name in ("hidden", "style", "srcdoc"):
                self.problems.append(f"<{tag}> has {name}: a reader does not see what the page says")
            if name in ("src", "srcset", "data", "poster", "xlink:href") and not value.startswith(("data:", "#")):
                self.problems.append(f"<{tag}> loads something from elsewhere")
            if name in ("aria-label", "title", "alt", "placeholder") and self.unclaimed(value):
                self.problems.append(f"a label holds a figure that is no claim: {value[:60]}")
        kind = (found.get("class") or "").split(" ")[0]
        if tag == "data":
            self.figures.append([found, ""])
        if tag not in self.VOID:
            self.stack.append((tag, kind, found))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        while self.stack and any(one[0] == tag for one in self.stack):
            if self.stack.pop()[0] == tag:
                break

    def handle_data(self, data):
        names = [one[0] for one in self.stack]
        if "style" in names:
            self.styles.append(data)
            return
        if "title" not in names or "svg" in names:
            self.texts.append(data)
        if "h1" in names:
            self.headline += data
        if "data" in names:
            self.figures[-1][1] += data
            return
        quoted = any(tag == "code" or tag == "time" or (tag == "span" and kind == "quoted") for tag, kind, _ in self.stack)
        chart = any(tag == "svg" and kind == "chart" for tag, kind, _ in self.stack)
        if quoted or chart:
            self.quotes.append((data, chart))
        elif self.unclaimed(data):
            self.problems.append(f"a figure stands outside every claim: {data.strip()[:60]}")

    def handle_comment(self, data):
        self.problems.append("it holds a comment")

    @staticmethod
    def unclaimed(data):
        return any(char.isnumeric() for char in NAMES.sub(" ", data))

    def tokens(self):
        return {token for data in self.texts for token in TOKEN.findall(data.replace("\u00a0", " "))}


class Truth:
    """What the reports are held against."""

    def __init__(self, bundle, plan, files, verdict, assurance, manifest, cache):
        self.bundle, self.plan, self.files, self.manifest = bundle, plan, files, manifest
        self.verdict, self.assurance, self.cache = verdict, assurance, cache
        self.planned = {text(one.get("id")): one for one in plan_claims(plan)}
        document = bundle.document("claims.json")
        self.claims = {text(one.get("id")): one for one in map(obj, arr(document.get("claims")))}
        self.reasons = [obj(one) for one in arr(obj(document.get("judgement")).get("reasons"))]
        self.env = obj(bundle.document("env.json").get("start"))
        self.page_tokens, self.pages = None, {}
        self._orders = {}

    def field(self, name, field):
        """The value of a claim's field, or the string "absent"."""
        claim = self.claims[name]
        if field == "threshold":
            return obj(claim.get("threshold")).get("value", "absent")
        if field == "more":
            need = claim.get("need") if claim.get("need") is not None else claim.get("n")
            return max(0, need - claim.get("n"))
        value = claim
        for part in field.split("."):
            value = value.get(part, "absent") if isinstance(value, dict) else "absent"
        return "absent" if isinstance(value, (dict, list)) else value

    def observations(self, check):
        rows = [row for one in self.files if one.kind == "observations" and one.metric == f"check.{check}" for row in one.rows]
        return len(rows), sum(1 for row in rows if row["out"] != "ok")

    def fact(self, name):
        """What a fact must be, or None when no evidence decides it."""
        parts = name.split(".")
        claims = self.claims.values()
        if name == "run.attempt":
            return self.plan.get("attempt")
        if parts[0] == "claims":
            return sum(1 for one in claims if one.get("verdict") == ".".join(parts[1:]))
        if parts[0] == "provenance":
            return sum(1 for one in claims if (one.get("n") or 0) > 0 and one.get("provenance") == parts[1])
        if parts[0] == "check" and parts[-1] in ("observations", "failed"):
            return self.observations(".".join(parts[1:-1]))[0 if parts[-1] == "observations" else 1]
        if parts[0] == "env" and is_int(self.env.get(name[4:])):
            return self.env[name[4:]]
        if name == "cost.totalMicroUsd":
            return micro_usd(self.meters(), obj(self.plan.get("priceList"))) or 0
        return self.series(parts) if parts[0] == "bench" else None

    def meters(self):
        """Readings of what the run used. What the scenarios of its plan would cost is metered beside it and is no spending."""
        rows = [row for one in self.files if one.kind == "events" for row in one.rows if row["k"] == "meter"]
        return [row for row in rows if row["metric"] == "meter.sandbox-seconds"]

    def series(self, parts):
        """Display quantiles of a metric: nearest rank, what was not ok last."""
        service = "service" in parts
        what = parts[-1]
        if what == "9" and parts[-2] == "P99":
            parts, what = parts[:-1], "P99.9"
        metric = ".".join(part for part in parts[:-1] if part != "service")
        files = [one for one in self.files if one.kind == "samples" and one.metric == metric]
        if not files:
            return None
        if (metric, service) not in self._orders:
            rows = Counted(metric, files, frozenset())
            if service:
                order = sorted((0, dur) for dur, out in zip(rows.dur, rows.out) if out == "ok" and dur >= 0)
            else:
                order = sorted((1 if cut else 0, value) for value, cut in rows.responses())
            self._orders[(metric, service)] = order
        order = self._orders[(metric, service)]
        n = len(order)
        if what == "n":
            return n
        if what == "censored":
            return sum(cut for cut, _ in order)
        if n == 0 or (what != "max" and not re.fullmatch(r"P\d+(\.\d+)?", what)):
            return None
        rank = n if what == "max" else max(1, ceil_div(n * int(Fraction(what[1:]) * 10_000), 1_000_000))
        return order[rank - 1][1]


def check_reports(folder, truth, notes):
    reports = obj(truth.manifest.get("reports"))
    texts = {}
    for name, entry in reports.items():
        path = os.path.join(folder, name)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", name) or not os.path.lexists(path):
            notes.blame(name, "the manifest lists this report and it is missing")
            continue
        if not stat.S_ISREG(os.lstat(path).st_mode) or os.path.getsize(path) > LARGEST_DOCUMENT:
            notes.blame(name, "it is no regular file of a size that a report has")
            continue
        with open(path, "rb") as stream:
            raw = stream.read()
        if sha256(raw).hexdigest() != obj(entry).get("sha256") or len(raw) != obj(entry).get("bytes"):
            notes.blame(name, "the report is not the one in the manifest: sha256 differs", "sha256")
        try:
            texts[name] = raw.decode("utf-8", "strict")
        except UnicodeDecodeError:
            notes.blame(name, "not UTF-8")
    for name in sorted(texts, key=lambda one: not one.endswith(".html")):
        check_report(name, texts[name], truth, notes)
    notes.tick(f"{len(reports)} reports: digest, and every figure against its claim")


def check_report(name, source, truth, notes):
    odd = odd_numerals(source) if not name.endswith(".json") else None
    if odd is not None:
        notes.blame(name, f"it holds the numeral U+{ord(odd):04X}, which reads as a figure and is none of ours", "digits")
    if UNSEEN.search(source):
        notes.blame(name, "it holds characters that a reader does not see", "text")
    if name.endswith(".html"):
        check_html(name, source, truth, notes)
    elif name.endswith(".md"):
        check_markdown(name, source, truth, notes)
    elif name.endswith(".xml"):
        check_junit(name, source, truth, notes)
    elif name == "ctrf.json":
        check_ctrf(name, source, truth, notes)
    elif name.endswith(".sarif"):
        check_sarif(name, source, truth, notes)
    elif name.endswith(".json"):
        check_results(name, source, truth, notes)


def check_headline(name, headline, truth, notes):
    named = sorted(set(RUN_VERDICT.findall(headline)))
    if named != [truth.verdict]:
        said = ", ".join(named) or "no verdict"
        notes.blame(name, f"its headline says {said}, the evidence says {truth.verdict}", "headline")


def check_html(name, source, truth, notes):
    page = Page()
    page.feed(source)
    page.close()
    main = name == "report.html"
    if main:
        check_headline(name, page.headline, truth, notes)
    for problem in page.problems:
        notes.blame(name, problem, "page")
    for style in page.styles:
        if re.search(r"content\s*:[^;}]*(?:[0-9]|\\)", style) or re.search(r"@import|url\(\s*['\"]?(?!data:|#)", style):
            notes.blame(name, "its style prints figures or loads something", "style")
        if hides_figures(style):
            notes.blame(name, "its style hides figures", "style")
    recorded = None
    for data, chart in page.quotes:
        for token in [] if chart else TOKEN.findall(data):
            if recorded is None:
                recorded = recorded_text(truth)
            if token not in recorded:
                notes.blame(name, f"it quotes {token}, which no record holds", "quoted")
    for attributes, shown in page.figures:
        check_figure(name, attributes, shown, truth, notes)
    truth.pages[name[: -len(".html")]] = page.tokens()
    if main:
        truth.page_tokens = page.tokens()


def recorded_text(truth):
    parts = [truth.bundle.raw(path) or b"" for path in ("plan.json", "env.json", "claims.json", "manifest.json")]
    path = os.path.join(truth.bundle.folder, "results.json")
    if os.path.isfile(path):
        with open(path, "rb") as stream:
            parts.append(stream.read())
    notes = [row for one in truth.files if one.kind == "events" for row in one.rows if row["k"] == "note"]
    joined = " ".join([b" ".join(parts).decode("utf-8", "replace"), *(canonical(row["data"]) for row in notes)])
    stamps = {formatted(one) for one in re.findall(r'"(\d{4}-\d\d-\d\dT[0-9:.]+Z)"', joined)}
    return joined + " " + " ".join(stamps)


def formatted(iso):
    return f"{iso[:10]} {iso[11:19]} UTC"


def hides_figures(style):
    for selector, rules in re.findall(r"([^{}]*)\{([^{}]*)\}", style):
        named = re.search(r"(?:^|[\s,>+~])(?:data|td|\.claim|\.fact|\*|body|main|table|tbody|tr)(?:[\s,.:\[>]|$)", selector.strip())
        hidden = re.search(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])|color\s*:\s*transparent", rules)
        if named and hidden:
            return True
    return False


def check_figure(name, attributes, shown, truth, notes):
    claim = attributes.get("data-claim")
    printed = attributes.get("value") or ""
    if claim is None:
        fact = attributes.get("data-fact")
        if fact is None:
            return notes.blame(name, f"a figure names neither claim nor fact: {shown[:40]}", "data")
        wanted = truth.fact(fact)
        if wanted is not None and (printed != str(wanted) or not shown_agrees(shown, wanted)):
            notes.blame(name, f'{fact} is printed as "{shown}" ({printed}), the evidence says {wanted}', fact)
        elif wanted is None and re.fullmatch(r"-?\d+", printed) and not loosely_agrees(shown, int(printed)):
            notes.blame(name, f'{fact} is printed as "{shown}", its value is {printed}', fact)
        return None
    field = attributes.get("data-field") or "value"
    if claim not in truth.claims:
        return notes.blame(name, f"it prints the claim {claim}, which claims.json does not hold", None, claim)
    value = truth.field(claim, field)
    if value == "absent":
        return notes.blame(name, f"it prints {field} of {claim}, which no claim has", field, claim)
    if printed not in (["", "null", "0"] if value is None else [str(value)]):
        return notes.blame(name, f'{field} of {claim} is printed as "{printed}", the claim says {value}', field, claim)
    if is_int(value) and not shown_agrees(shown, value):
        return notes.blame(name, f'{field} of {claim} reads "{shown}", the claim says {value}', field, claim)
    for mark, own in (("data-provenance", "provenance"), ("data-target", "target")):
        if mark in attributes and attributes[mark] != truth.claims[claim].get(own):
            notes.blame(name, f"{own} of {claim} is printed as {attributes[mark]}", own, claim)
    return None


def loosely_agrees(shown, value):
    """Facts in other forms, such as "2 min 53 s" for milliseconds: only the plainest contradiction is one."""
    plain = shown.replace("\u00a0", " ").strip()
    if re.fullmatch(r"[0-9][0-9,]*", plain):
        return int(plain.replace(",", "")) == value
    minutes = re.fullmatch(r"([0-9,]+) min ([0-9]+) s", plain)
    if minutes:
        return abs(int(minutes[1].replace(",", "")) * 60_000 + int(minutes[2]) * 1_000 - value) <= 1_000
    seconds = re.fullmatch(r"([0-9.]+) (ms|s)", plain)
    if seconds:
        wide = any(abs(Fraction(seconds[1]) * unit - value) <= max(unit, value // 50) for unit in
                   ((1, 1_000_000) if seconds[2] == "ms" else (1_000, 1_000_000_000)))
        return wide
    return True


def check_markdown(name, source, truth, notes):
    heads = [line for line in source.split("\n") if line.startswith("# ")]
    check_headline(name, heads[0] if heads else "", truth, notes)
    prose = source
    if name == "summary.md":
        check_summary(name, source, truth, notes)
    else:
        at = source.rfind("\n## Claims as recorded\n")
        check_table(name, source[at + 1 :], truth, notes)
        prose = source[: at + 1]
    # A page and its Markdown are two printings of one report.
    known = truth.pages.get(name[: -len(".md")], truth.page_tokens)
    if known is None:
        return
    for number, line in enumerate(prose.split("\n")):
        bare = NAMES.sub(" ", re.sub(r"`[^`]*`", " ", line).replace("\u00a0", " "))
        for token in TOKEN.findall(bare):
            if token not in known:
                notes.blame(name, f"it prints {token}, which the page does not print", f"line {number + 1}")


def check_table(name, table, truth, notes):
    place = "Claims as recorded"
    lines = [line for line in table.split("\n") if line.startswith("|")]
    cells = [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]
    head, rows = (cells[0] if cells else []), cells[2:]
    printed = {row[0]: row for row in rows if row}
    if len(rows) != len(truth.claims):
        notes.blame(name, f"its table of claims has {len(rows)} rows, there are {len(truth.claims)} claims", place)
    for claim_id, claim in truth.claims.items():
        row = printed.get(claim_id)
        if row is None:
            notes.blame(name, f"its table does not hold the claim {claim_id}", place, claim_id)
            continue
        for column, field in enumerate(head):
            value = claim.get(field)
            wanted = claim_id if field == "claim" else "null" if value is None else str(value)
            if field == "threshold" and value is not None:
                wanted = f"{obj(value).get('op')}{obj(value).get('value')}"
            given = row[column] if column < len(row) else ""
            if given != wanted:
                notes.blame(name, f'{field} of {claim_id} is printed as "{given}", the claim says {wanted}', field, claim_id)


def tag_of(case):
    return next((one.tag for one in case if one.tag in ("failure", "error", "skipped")), "passed")


def check_junit(name, source, truth, notes):
    if "<!DOCTYPE" in source or "<!ENTITY" in source or "<!--" in source:
        notes.blame(name, "it holds a declaration or a comment", "document")
        return
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        notes.blame(name, f"the report is not XML: {error}")
        return
    gating = sorted(one for one, planned in truth.planned.items() if planned.get("need") != "info")
    cases = list(root.iter("testcase"))
    found = [re.search(r"\[([^\]]+)\]\Z", case.get("name") or "") for case in cases]
    ids = [match[1] if match else "" for match in found]
    if sorted(ids) != gating:
        notes.blame(name, "its cases are not the gating claims of the plan", "testcase")
    for claim_id, case in zip(ids, cases):
        verdict = obj(truth.claims.get(claim_id)).get("verdict")
        required = obj(truth.planned.get(claim_id)).get("need") == "required"
        allowed = {"PASS": ["passed", "failure", "error"], "FAIL": ["failure"], "INVALID": ["error"]}.get(
            verdict, ["error"] if required else ["skipped", "error"]
        )
        if tag_of(case) not in allowed:
            notes.blame(name, f"{claim_id} is printed as {tag_of(case)}, its verdict asks for {allowed[0]}", "testcase", claim_id)
        for part in case:
            check_message(name, part.get("message") or "", claim_id, truth, notes)
    for group in [root, *root.iter("testsuite")]:
        tags = [tag_of(case) for case in group.iter("testcase")]
        counts = {
            "tests": len(tags), "failures": tags.count("failure"), "errors": tags.count("error"),
            "skipped": tags.count("skipped"),
        }
        for field, number in counts.items():
            # The schema knows no count of skips for the whole document.
            unknown = group is root and field == "skipped" and group.get(field) is None
            if group.get(field) != str(number) and not unknown:
                notes.blame(name, f'{field} is printed as "{group.get(field)}", there are {number}', field)
    for entry in root.iter("property"):
        if entry.get("name") == "verdict" and entry.get("value") != truth.verdict:
            notes.blame(name, f"the verdict is printed as {entry.get('value')}, the evidence says {truth.verdict}", "verdict")
        if entry.get("name") in truth.claims:
            check_message(name, entry.get("value") or "", entry.get("name"), truth, notes)


def check_message(name, message, claim_id, truth, notes):
    if truth.page_tokens is None:
        return
    for token in TOKEN.findall(NAMES.sub(" ", message.replace("\u00a0", " "))):
        if token not in truth.page_tokens:
            notes.blame(name, f"it prints {token} about {claim_id}, which the page does not print", "message", claim_id)


def check_summary(name, source, truth, notes):
    """A row per gating claim unless the summary was cut; bound, samples and over read as the claim says."""
    rows = [line for line in source.split("\n") if re.match(r"\| .*`c-", line)]
    ids = [re.search(r"`(c-[^`]+)`", line)[1] for line in rows if re.search(r"`(c-[^`]+)`", line)]
    if "This summary was cut here" not in source:
        check_ids(name, ids, truth, notes)
    for claim_id, line in zip(ids, rows):
        cells, claim = [cell.strip() for cell in line.split("|")], truth.claims.get(claim_id)
        if claim is None or len(cells) < 7:
            notes.blame(name, f"it holds the claim {claim_id}, which claims.json does not", None, claim_id)
            continue
        for field, cell in (("value", cells[-5]), ("n", cells[-3]), ("over", cells[-2])):
            shown, value = re.sub(r"^[≤≥]\s*", "", cell), claim.get(field)
            printed = any(char.isnumeric() for char in shown)
            if printed != is_int(value) or (printed and not shown_agrees(shown, value)):
                notes.blame(name, f'{field} of {claim_id} reads "{cell}", the claim says {value}', field, claim_id)
        if re.search(r"\bPASS\b", cells[1]) and claim.get("verdict") != "PASS":
            notes.blame(name, f"{claim_id} is printed as PASS, its verdict is {claim.get('verdict')}", "Result", claim_id)


def gating_ids(truth):
    return sorted(one for one, planned in truth.planned.items() if planned.get("need") != "info")


def check_ids(name, ids, truth, notes):
    if sorted(ids) != gating_ids(truth):
        notes.blame(name, "its cases are not the gating claims of the plan", "cases")


def check_whole_claim(name, claim_id, given, truth, notes):
    claim, printed = truth.claims.get(claim_id), obj(given)
    if claim is None:
        return notes.blame(name, f"it holds the claim {claim_id}, which claims.json does not", None, claim_id)
    for field in sorted(set(claim) | set(printed)):
        if field not in claim or field not in printed or in_order(claim[field]) != in_order(printed[field]):
            notes.blame(name, f"{field} of {claim_id} differs from claims.json", field, claim_id)
    return None


def check_is(name, place, given, wanted, notes):
    if type(given) is not type(wanted) or given != wanted:
        notes.blame(name, f"{place} is {given}, the evidence says {wanted}", place)


def parsed_report(name, source, notes):
    try:
        return obj(json.loads(source, parse_constant=_no_fraction))
    except (ValueError, RecursionError):
        notes.blame(name, "the report is not JSON")
        return {}


def check_ctrf(name, source, truth, notes):
    report = parsed_report(name, source, notes)
    results = obj(report.get("results"))
    tests, summary = [obj(one) for one in arr(results.get("tests"))], obj(results.get("summary"))
    for holder in (obj(report.get("extra")), obj(summary.get("extra"))):
        check_is(name, "verdict", holder.get("verdict"), truth.verdict, notes)
    check_ids(name, [text(one.get("testId")) for one in tests], truth, notes)
    words = {"PASS": ["passed", "failed", "other"], "FAIL": ["failed"], "INVALID": ["failed"]}
    for test in tests:
        claim_id, status = text(test.get("testId")), text(test.get("status"))
        check_whole_claim(name, claim_id, obj(test.get("extra")).get("claim"), truth, notes)
        allowed = words.get(obj(truth.claims.get(claim_id)).get("verdict"), ["other"])
        if status not in allowed:
            notes.blame(name, f"{claim_id} is printed as {status}, its verdict asks for {allowed[0]}", "status", claim_id)
    statuses = [text(one.get("status")) for one in tests]
    for status in ("passed", "failed", "other", "skipped", "pending"):
        check_is(name, status, summary.get(status), statuses.count(status), notes)
    check_is(name, "tests", summary.get("tests"), len(tests), notes)
    for one in map(obj, arr(obj(results.get("extra")).get("information"))):
        check_whole_claim(name, text(one.get("id")), one, truth, notes)


def check_sarif(name, source, truth, notes):
    runs = [obj(one) for one in arr(parsed_report(name, source, notes).get("runs"))]
    check_is(name, "runs", len(runs), 1, notes)
    run = runs[0] if runs else {}
    properties = obj(run.get("properties"))
    results = [obj(one) for one in arr(run.get("results"))]
    head, rest = (results[0] if results else {}), results[1:]
    check_is(name, "verdict", properties.get("verdict"), truth.verdict, notes)
    check_is(name, "results[0].ruleId", head.get("ruleId"), "run.verdict", notes)
    check_is(name, "results[0].kind", head.get("kind") == "pass", truth.verdict == "CERTIFIED", notes)
    check_ids(name, [text(one.get("ruleId")) for one in rest], truth, notes)
    for result in rest:
        claim_id = text(result.get("ruleId"))
        check_whole_claim(name, claim_id, obj(result.get("properties")).get("claim"), truth, notes)
        required = obj(truth.planned.get(claim_id)).get("need") == "required"
        open_one = "fail error" if required else "open none"
        verdict = obj(truth.claims.get(claim_id)).get("verdict")
        allowed = ["pass none", "fail error", open_one] if verdict == "PASS" else [open_one]
        allowed = ["fail error"] if verdict in ("FAIL", "INVALID") else allowed
        shown = f"{text(result.get('kind'))} {text(result.get('level'))}"
        if shown not in allowed:
            notes.blame(name, f"{claim_id} is printed as {shown}, its verdict asks for {allowed[0]}", "kind", claim_id)
    for one in map(obj, arr(properties.get("information"))):
        check_whole_claim(name, text(one.get("id")), one, truth, notes)


def check_results(name, source, truth, notes):
    try:
        report = json.loads(source, parse_constant=_no_fraction)
    except (ValueError, RecursionError):
        return notes.blame(name, "the report is not JSON")
    if name != "results.json":
        return None
    report = obj(report)
    for entry in map(obj, arr(report.get("claims"))):
        claim_id = text(entry.get("id"))
        claim = truth.claims.get(claim_id)
        if claim is None:
            notes.blame(name, f"it holds the claim {claim_id}, which claims.json does not", None, claim_id)
            continue
        for field in claim:
            if field in entry and canonical(in_order(entry[field])) != canonical(in_order(claim[field])):
                notes.blame(name, f"{field} of {claim_id} differs from claims.json", field, claim_id)
        planned = obj(truth.planned.get(claim_id))
        for field, own in (("gate", "need"), ("layer", "layer"), ("sentence", "sentence")):
            if field in entry and entry[field] != planned.get(own):
                notes.blame(name, f"{field} of {claim_id} is not that of the plan", field, claim_id)
    if report.get("claims") is not None and len(arr(report["claims"])) != len(truth.claims):
        notes.blame(name, "it does not hold every claim", "claims")
    check_results_head(name, report, truth, notes)
    for field, count in obj(report.get("counts")).items():
        wanted = truth.fact(f"claims.{field}")
        if count != wanted:
            notes.blame(name, f"counts.{field} is {count}, there are {wanted}", f"counts.{field}")
    for check in map(obj, arr(report.get("checks"))):
        seen, failed = truth.observations(text(check.get("id")))
        claim_id = text(check.get("claimId"))
        for field, wanted in (("observations", seen), ("failed", failed)):
            if check.get(field) != wanted:
                notes.blame(name, f"{field} of {check.get('id')} is {check.get(field)}, the records say {wanted}", field, claim_id)
        if check.get("state") == "passed" and (seen == 0 or failed > 0):
            notes.blame(name, f"{check.get('id')} is printed as passed, the records do not say so", "state", claim_id)
    return None


def check_results_head(name, report, truth, notes):
    plan, run, env = truth.plan, obj(report.get("run")), truth.env
    bare = canonical(in_order({**truth.manifest, "reports": {}})) + "\n"
    created = whole(plan.get("createdAtMs")) or 0
    stamp = datetime.fromtimestamp(created // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{created % 1000:03d}Z"
    wanted = {
        "verdict": truth.verdict, "exitCode": EXIT[truth.verdict], "run.assurance": truth.assurance,
        "run.attempt": plan.get("attempt"), "run.id": plan.get("run"), "run.target": plan.get("target"),
        "run.isolation": plan.get("isolation"), "run.planSha256": truth.bundle.files["plan.json"].sha256,
        "run.startedAt": stamp, "run.node": env.get("node"), "run.packageVersion": env.get("package"),
        "run.e2bSdk": env.get("e2bSdk"), "run.commit": env.get("commit") or "unknown",
        "run.dirty": env.get("dirty") is not False, "run.manifestSha256": sha256(bare.encode()).hexdigest(),
    }
    for field, value in wanted.items():
        holder = run if field.startswith("run.") else report
        key = field.split(".")[-1]
        if key in holder and holder[key] != value:
            problem = "it names another manifest" if key == "manifestSha256" else f"{key} is printed as {holder[key]}, the evidence says {value}"
            notes.blame(name, problem, field)
    cost = obj(report.get("cost"))
    if "totalMicroUsd" in cost:
        total = micro_usd(truth.meters(), obj(plan.get("priceList"))) or 0
        lines = sum(obj(one).get("microUsd", 0) for one in arr(cost.get("lines")))
        if cost["totalMicroUsd"] != total or lines != total:
            notes.blame(name, f"the cost is printed as {cost['totalMicroUsd']}, the meters give {total}", "cost.totalMicroUsd")
        prices = obj(cost.get("priceList"))
        if prices and prices.get("sha256") != obj(plan.get("priceList")).get("sha256"):
            notes.blame(name, "it names another price list than the plan", "cost.priceList")
    said = set(map(text, arr(report.get("conditions"))))
    meant = {one["sentence"] + (f" ({one['claim']})" if one.get("claim") else "") for one in truth.reasons if "sentence" in one}
    if "conditions" in report and said != meant:
        notes.blame(name, "its conditions are not the reasons of the verdict", "conditions")


# -------------------------------------------------------------------------------------------------------------- verifying


def verify_folder(folder, trusted=None):
    notes = Notes()
    bundle = Bundle(folder, notes) if os.path.isdir(os.path.join(folder, "evidence")) else None
    if bundle is None or "plan.json" not in bundle.files:
        notes.blame("evidence/plan.json", "there is no evidence bundle in this folder")
        return {"verified": False, "verdict": None, "exitCode": 5, "checked": [], "remarks": [], "problems": notes.problems}
    opening = "manifest.json" not in bundle.files and "claims.json" not in bundle.files and "run.dsse.json" not in bundle.files
    manifest = {"state": "open"} if opening else bundle.document("manifest.json")
    is_open = manifest.get("state") == "open"
    plan, plan_raw = bundle.document("plan.json"), bundle.raw("plan.json")
    expected = (text(plan.get("run")), sha256(plan_raw or b"").hexdigest())
    rows, wanted = read_checkpoints(bundle)
    files = []
    for path, source in bundle.files.items():
        kind = kind_of(path)
        if kind is None:
            read_lines(source, wanted.get(path, ()))
        else:
            files.append(read_record_file(source, kind, wanted.get(path, ()), expected, is_open, notes))
    if not opening:
        check_manifest_head(bundle, manifest, plan)
        check_manifest(bundle, manifest, is_open)
    keys, assurance, remarks = check_signatures(bundle, manifest, plan_raw, is_open, trusted)
    check_checkpoints(bundle, rows, keys, assurance != "A0", is_open)
    seen = Seen(files, notes)
    count = check_origins(files, seen, notes)
    notes.tick(f"{count} records: canonical form, schema, run, plan, witness, provenance and target")
    derived, cache, sick = {}, {}, Sickness(plan, files)
    for claim in plan_claims(plan):
        try:
            derived[text(claim.get("id"))] = derive_claim(claim, plan, files, seen, sick, cache)
        except (TypeError, KeyError, ValueError, ZeroDivisionError):
            problem = "the claim cannot be recomputed from these records"
            notes.blame("evidence/claims.json", problem, None, text(claim.get("id")))
    notes.tick(f"{len(derived)} claims recomputed from the records in whole numbers")
    verdict = "INCOMPLETE"
    if not is_open:
        verdict = judge(bundle, plan, derived, files, assurance, sick)
    parts = {} if is_open else check_parts(bundle, plan, files)
    lint_records(files, seen, rows, is_open, parts, notes)
    if not is_open:
        check_reports(folder, Truth(bundle, plan, files, verdict, assurance, manifest, cache), notes)
    else:
        remarks.append("The run was never closed: it was cut short.")
    verified = not notes.problems
    return {
        "verified": verified, "verdict": verdict, "exitCode": EXIT[verdict] if verified else 7,
        "checked": notes.checked, "remarks": remarks, "problems": notes.problems, "claims": derived,
    }


def check_manifest_head(bundle, manifest, plan):
    notes, where = bundle.notes, "evidence/manifest.json"
    if manifest.get("schema") != "manifest/1" or list(manifest) != MANIFEST_FIELDS:
        notes.blame(where, "the schema is unknown", "schema")
    if manifest.get("state") not in ("open", "closed"):
        notes.blame(where, "the state is neither open nor closed", "state")
    closing = "claims.json" in obj(manifest.get("files")) or obj(manifest.get("reports"))
    if manifest.get("state") == "open" and closing:
        notes.blame(where, "it says open and lists what only the closing of a run writes", "state")
    if manifest.get("run") != plan.get("run"):
        notes.blame(where, "it belongs to another run", "run")
    if manifest.get("planSha256") != bundle.files["plan.json"].sha256:
        notes.blame("evidence/plan.json", "the plan is not the one the manifest names", "planSha256")


def check_origins(files, seen, notes):
    count = 0
    for file in files:
        count += len(file.rows)
        if file.kind == "events":
            continue
        for index, origin in enumerate(origins_of(file)):
            problem = seen.problem(*origin)
            if problem is not None:
                notes.blame(f"evidence/{file.path}", problem, f"line {index + 2}")
    return count


def read_trusted(path):
    """Key ids of a keys.json that the reader keeps: {"keys": {"SHA256:…": "<base64 SPKI>"}, "schema": "keys/1"}."""
    notes = Notes()
    with open(path, "rb") as stream:
        keys = keys_of(json.loads(stream.read().decode("utf-8")), path, notes)
    if notes.problems or not keys:
        raise ValueError("it holds no sound key")
    return set(keys)


def sentences(result):
    lines = [f"checked   {line}" for line in result["checked"]] + [f"note      {line}" for line in result["remarks"]]
    for one in result["problems"]:
        at = " ".join(part for part in (one["file"], one["place"] or "", f"({one['claim']})" if one["claim"] else "") if part)
        lines.append(f"problem   {at}: {one['problem']}")
    if result["verdict"] is None:
        return [*lines, "No evidence bundle here."]
    return [*lines, f"VERIFIED  {result['verdict']}" if result["verified"] else "DOES NOT VERIFY"]


def main(arguments):
    usage = "Usage: verify.py <folder> [--json] [--integrity-only] [--trust keys.json]"
    folders, as_json, integrity, trusted = [], False, False, None
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--json":
            as_json = True
        elif word == "--integrity-only":
            integrity = True
        elif word == "--trust" and rest:
            try:
                trusted = read_trusted(rest.pop(0))
            except (OSError, ValueError) as error:
                print(f"Cannot read the trusted keys: {error}", file=sys.stderr)
                return 2
        elif word.startswith("-"):
            print(usage, file=sys.stderr)
            return 2
        else:
            folders.append(word)
    if len(folders) != 1:
        print(usage, file=sys.stderr)
        return 2
    result = verify_folder(folders[0], trusted)
    code = result["exitCode"]
    if integrity and code != 5:
        code = 0 if result["verified"] else 7
    print(json.dumps({**result, "exitCode": code}, ensure_ascii=False) if as_json else "\n".join(sentences(result)))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
