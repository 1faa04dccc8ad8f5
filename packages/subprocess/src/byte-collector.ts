/** Collects chunks into one buffer. */
export class ByteCollector {
  #chunks: Buffer[] = [];
  #size = 0;

  append(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** All bytes so far, in one buffer. Nothing is left. */
  take(): Buffer {
    const [first] = this.#chunks;
    const bytes =
      first !== undefined && this.#chunks.length === 1
        ? first
        : Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [];
    this.#size = 0;
    return bytes;
  }
}
