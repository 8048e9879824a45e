/** Bytes one after the other, in an array that grows. */
export class ByteWriter {
  length = 0;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(room = 1024) {
    this.#bytes = new Uint8Array(room);
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#widen(1);
    this.#bytes[this.length++] = value;
  }

  add(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.#bytes.length) this.#widen(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #widen(by: number): void {
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + by));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }

  /** What was written; valid until more is. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }
}
