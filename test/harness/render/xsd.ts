// A validator for the part of XML Schema that the JUnit schema uses: global elements, sequences of references with bounds,
// attributes, and simple strings. Throws on anything else in the schema, so that nothing is passed unread.

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

/** Parses well-formed XML without DTD; comments and the declaration are skipped. Throws on anything that is not well formed. */
export function parseXml(xml: string): XmlNode {
  const root = { name: "", attributes: {}, children: [] as XmlNode[], text: "" };
  const open: (typeof root)[] = [root];
  const token =
    /<\?xml[^?]*\?>|<!--[^]*?-->|<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*"[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const match of xml.matchAll(token)) {
    const [whole, closing, name, attributes = "", empty, text] = match;
    end = match.index + whole.length;
    const parent = open.at(-1)!;
    if (text !== undefined) parent.text += text;
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(attributes + (text ?? ""))) throw new Error(`bad entity in ${whole}`);
    if (name === undefined) continue;
    if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`unexpected ${whole}`);
      continue;
    }
    const pairs = [...attributes.matchAll(/([\w:.-]+)\s*=\s*"([^"]*)"/g)].map(
      ([, key, value]) => [key!, value!] as const,
    );
    const node = { name, attributes: Object.fromEntries(pairs), children: [] as XmlNode[], text: "" };
    if (Object.keys(node.attributes).length !== pairs.length) throw new Error(`double attribute in ${whole}`);
    parent.children.push(node);
    if (empty !== "/") open.push(node);
  }
  if (end !== xml.length || open.length !== 1 || root.children.length !== 1) throw new Error("not well formed");
  return root.children[0]!;
}

/** Problems of `xml` under the schema `xsd`; empty when it is valid. */
export function validateXml(xml: string, xsd: string): readonly string[] {
  const schema = new Map(parseXml(xsd).children.map((element) => [element.attributes["name"], element]));
  const root = parseXml(xml);
  const problems: string[] = [];
  const check = (node: XmlNode, path: string): void => {
    const declared = schema.get(node.name);
    if (declared === undefined) return void problems.push(`${path}: the schema has no ${node.name}`);
    if (declared.attributes["type"] === "xs:string") {
      if (node.children.length > 0 || Object.keys(node.attributes).length > 0)
        problems.push(`${path}: only text may stand here`);
      return;
    }
    const [type] = declared.children;
    if (type?.name !== "xs:complexType")
      throw new Error(`the schema declares ${node.name} in a way this reader does not know`);
    checkAttributes(node, type, path, problems);
    const sequence = type.children.find((child) => child.name === "xs:sequence");
    if (type.attributes["mixed"] !== "true" && node.text.trim() !== "")
      problems.push(`${path}: text where none may stand`);
    checkSequence(node, sequence, path, problems);
    node.children.forEach((child, index) => check(child, `${path}/${child.name}[${index}]`));
  };
  check(root, root.name);
  return problems;
}

function checkAttributes(node: XmlNode, type: XmlNode, path: string, problems: string[]): void {
  const known = type.children.filter((child) => child.name === "xs:attribute");
  for (const name of Object.keys(node.attributes)) {
    if (!known.some((one) => one.attributes["name"] === name)) problems.push(`${path}: no attribute ${name}`);
  }
  for (const { attributes } of known) {
    if (attributes["type"] !== "xs:string")
      throw new Error(`attributes of type ${attributes["type"]} are not known here`);
    if (attributes["use"] === "required" && node.attributes[attributes["name"] ?? ""] === undefined) {
      problems.push(`${path}: ${attributes["name"]} is missing`);
    }
  }
}

function checkSequence(node: XmlNode, sequence: XmlNode | undefined, path: string, problems: string[]): void {
  let at = 0;
  for (const { name, attributes } of sequence?.children ?? []) {
    if (name !== "xs:element" || attributes["ref"] === undefined)
      throw new Error(`${name} in a sequence is not known here`);
    const most = attributes["maxOccurs"] === "unbounded" ? Infinity : Number(attributes["maxOccurs"] ?? 1);
    let count = 0;
    for (; node.children[at]?.name === attributes["ref"]; at += 1) count += 1;
    if (count < Number(attributes["minOccurs"] ?? 1) || count > most)
      problems.push(`${path}: ${count} of ${attributes["ref"]}`);
  }
  const left = node.children[at];
  if (left !== undefined) problems.push(`${path}: ${left.name} may not stand here`);
}
