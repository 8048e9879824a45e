/** An array that grows. */
export class Growing<A extends Int32Array | Float64Array | Uint8Array> {
  length = 0;
  #array: A;
  readonly #make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.#make = make;
    this.#array = make(256);
  }

  static ints(): Growing<Int32Array> {
    return new Growing((length) => new Int32Array(length));
  }

  static doubles(): Growing<Float64Array> {
    return new Growing((length) => new Float64Array(length));
  }

  static bytes(): Growing<Uint8Array> {
    return new Growing((length) => new Uint8Array(length));
  }

  push(value: number): void {
    this.#room(1);
    this.#array[this.length++] = value;
  }

  append(values: ArrayLike<number>): void {
    this.#room(values.length);
    this.#array.set(values, this.length);
    this.length += values.length;
  }

  #room(more: number): void {
    if (this.length + more <= this.#array.length) return;
    const wider = this.#make(Math.max(this.length + more, this.#array.length * 2));
    wider.set(this.#array);
    this.#array = wider;
  }

  get byteLength(): number {
    return this.length * this.#array.BYTES_PER_ELEMENT;
  }

  copyTo(target: A): A {
    target.set(this.#array.subarray(0, this.length));
    return target;
  }
}
