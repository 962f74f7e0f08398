/**
 * `WebAssembly.compile` and `instantiate`, done at once behind their promises. V8's own hand over what they compiled from
 * threads of theirs, which the process can't tell from a promise that never settles.
 */
export function settleWebAssembly(): void {
  const { Module, Instance } = WebAssembly;
  const compile = async (bytes: BufferSource): Promise<WebAssembly.Module> => new Module(bytes);
  const instantiate = async (
    given: BufferSource | WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource> => {
    if (given instanceof Module) return new Instance(given, imports);
    const module = new Module(given);
    return { module, instance: new Instance(module, imports) };
  };
  for (const [name, value] of Object.entries({ compile, instantiate })) {
    Object.defineProperty(WebAssembly, name, { value, writable: true, configurable: true });
  }
}
