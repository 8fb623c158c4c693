// Class and text of what a call of the SDK throws.

export async function thrownBy(call: Promise<unknown>): Promise<[name: string, message: string]> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? [error.name, error.message] : ["nothing", String(error)];
}
