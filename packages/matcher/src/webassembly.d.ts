// The part of WebAssembly's interface that is used here; Node has it, but its types come only with the browser's.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(descriptor: { initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    constructor(descriptor: { element: 'anyfunc'; initial: number });
    grow(by: number): number;
    get(index: number): ((...numbers: number[]) => number) | null;
    set(index: number, value: (...numbers: number[]) => number): void;
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory; table?: Table } });
    readonly exports: object;
  }
  interface Global {
    readonly value: number;
  }
}

// Numbers as the compiled part knows them, for what both sides import.
type i32 = number;
type u32 = number;
type usize = number;
