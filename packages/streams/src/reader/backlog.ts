// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.

// The chunks behind the first one of a buffer, which most buffers never have.
//
//     (taken) … [next ───────] [──────────] [tail ──────]
//
// A chunk costs some 260 bytes beside its own, so one byte at a time would cost 260 times the bytes.
// A small chunk that finds others waiting is therefore copied behind the last one, into a slab: an
// area of which every byte is written once. Two small neighbours are left only where a slab ran
// full, so that the overhead stays below the number of bytes that wait.
const smallChunk = 1024;
const slabSize = 8192;

const empty: Buffer = Buffer.alloc(0);

/** A queue of chunks. */
export class Backlog {
  #chunks: Buffer[] = [];
  #next = 0;
  #slab: Buffer = empty;
  #slabEnd = 0;
  #tailIsInSlab = false;

  get size(): number {
    return this.#chunks.length - this.#next;
  }

  /** @param index - 0 is the one that comes next. */
  at(index: number): Buffer {
    return this.#chunks[this.#next + index] as Buffer;
  }

  /**
   * Append a chunk that is not empty. It is kept, not copied, unless it is small.
   *
   * @param head - The chunk that was taken last and is still waited for.
   * @returns The head: a longer one if the chunk has been copied behind it.
   */
  append(chunk: Buffer, head: Buffer): Buffer {
    if (chunk.length > smallChunk) {
      this.#chunks.push(chunk);
      this.#tailIsInSlab = false;
      return head;
    }
    if (this.#slabEnd + chunk.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabSize);
      this.#slabEnd = 0;
      this.#tailIsInSlab = false;
    }
    const begin = this.#slabEnd;
    const end = begin + chunk.length;
    this.#slab.set(chunk, begin);
    this.#slabEnd = end;
    const last = this.#chunks.length - 1;
    if (!this.#tailIsInSlab) {
      this.#chunks.push(this.#slab.subarray(begin, end));
      this.#tailIsInSlab = true;
      return head;
    }
    if (last < this.#next) return this.#slab.subarray(begin - head.length, end);
    this.#chunks[last] = this.#slab.subarray(begin - this.at(this.size - 1).length, end);
    return head;
  }

  /** Take the next chunk, of which there is one. */
  shift(): Buffer {
    const chunk = this.at(0);
    this.#chunks[this.#next] = empty;
    this.#next++;
    // Each move to the front is paid for by as many chunks taken before it.
    if (this.#next * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#next);
      this.#next = 0;
    }
    return chunk;
  }
}
