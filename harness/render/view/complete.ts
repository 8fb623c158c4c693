// Handlebars reads a missing member inside `if` and `each` as "empty", even in strict mode. A view that passed through here
// throws instead, naming the member.

export function complete<T extends object>(view: T, path = "view"): T {
  return new Proxy(view, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol") return member;
      if (member === undefined) throw new Error(`The template reads "${path}.${key}", which the view does not have`);
      return typeof member === "object" && member !== null ? complete(member, `${path}.${key}`) : member;
    },
  });
}
