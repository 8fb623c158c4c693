// Words that hold a digit and are no figure: names that begin with a letter (E2B, P95, SHA-256, Ed25519) and numbers of standards.
export const ownWords = /\b[A-Za-z][A-Za-z0-9]*(?:[.-]?[0-9]+[A-Za-z]*)+(?:'s)?\b|\b(?:RFC|ISO) ?[0-9]+\b|\bP99\.9\b/g;
