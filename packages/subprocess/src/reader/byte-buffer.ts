import { type TextLines, lf } from "./lines.ts";

// The bytes that have arrived and have not been taken: a list of chunks, the first partly taken.
//
//     head: ······[start ────────]   backlog: [──────────] [──────────] [──────]
//
// A result is a view of the chunk that it lies in; only a result that spans chunks is copied (46 ns
// for a line of 80 bytes, 95 ns if each is copied). A byte belongs to one chunk, and taking it moves
// `start` past it or drops the chunk, so no byte is returned twice and no two views overlap.
export const empty: Buffer = Buffer.alloc(0);

/** A queue of bytes, appended in chunks and taken in pieces of any other size. */
export class ByteBuffer {
  #length = 0;
  #head: Buffer = empty;
  #start = 0;
  // Created for the second chunk, and dropped once everything is taken.
  #backlog: Backlog | undefined = undefined;
  // The memory of the head, once it is known.
  #memory: ArrayBufferLike | undefined = undefined;

  get length(): number {
    return this.#length;
  }

  /** Append a nonempty chunk. It is kept, not copied, unless it is small. */
  append(chunk: Buffer): void {
    this.#memory = undefined;
    if (this.#length === 0) this.#head = chunk;
    else this.#head = (this.#backlog ??= new Backlog()).append(chunk, this.#head);
    this.#length += chunk.length;
  }

  /** Put bytes back at the front. */
  prepend(bytes: Buffer): void {
    this.#memory = undefined;
    this.#head = Buffer.concat([bytes, this.#head.subarray(this.#start)]);
    this.#start = 0;
    this.#length += bytes.length;
    // The slab of an empty backlog would keep the old head alive.
    if (this.#backlog?.size === 0) this.#backlog = undefined;
  }

  /** Take `size` bytes if they lie in the head and do not use it up, as in most calls. */
  takeFromHead(size: number): Buffer | undefined {
    const start = this.#start;
    const end = start + size;
    // Callers validate the sizes that are rejected here.
    if (!(size > 0 && end < this.#head.length && Number.isInteger(size))) return undefined;
    this.#start = end;
    this.#length -= size;
    return this.#view(start, size);
  }

  /** The same for a line, found by `lines` if given, if at most `limit` bytes precede its newline. */
  takeLineFromHead(limit: number, lines: TextLines | undefined): Buffer | undefined {
    const head = this.#head;
    const start = this.#start;
    const end = lines === undefined ? head.indexOf(lf, start) + 1 : lines.endOf(head, start);
    if (end === 0 || end === head.length || end - start - 1 > limit) return undefined;
    this.#start = end;
    this.#length -= end - start;
    return this.#view(start, end - start);
  }

  /** The same for a line, as text. */
  takeTextFromHead(limit: number, lines: TextLines): string | undefined {
    const head = this.#head;
    const start = this.#start;
    const end = lines.endOf(head, start);
    if (end === 0 || end - start - 1 > limit) return undefined;
    const line = lines.textOf(head, start, end);
    this.#passOver(end - start);
    return line;
  }

  /** Take the next `size` bytes. The buffer must hold that many. */
  shift(size: number): Buffer {
    const head = this.#head;
    const start = this.#start;
    const end = start + size;
    if (end > head.length) {
      const joined = Buffer.allocUnsafe(size);
      this.shiftInto(joined, size);
      return joined;
    }
    this.#passOver(size);
    return size === head.length ? head : head.subarray(start, end);
  }

  /** Take the next `size` bytes by copying them to a target. The buffer must hold that many. */
  shiftInto(target: Uint8Array, size: number): void {
    let copied = 0;
    while (copied < size) {
      const part = this.#head.copy(target, copied, this.#start, this.#start + size - copied);
      copied += part;
      this.#passOver(part);
    }
  }

  /** Where a byte occurs first, at `from` or later; -1 if it does not. */
  indexOfByte(byte: number, from: number): number {
    const found = this.#head.indexOf(byte, this.#start + from);
    if (found >= 0) return found - this.#start;
    return this.#backlog === undefined ? -1 : this.#search(byte, 1, from, this.#length);
  }

  /**
   * Where the first separator between `from` and `to` begins; -1 if there is none. The cost depends
   * only on the number of bytes between the two.
   */
  indexOf(separator: Buffer, from: number, to: number = this.#length): number {
    return this.#search(separator, separator.length, from, to);
  }

  // Chunks are numbered from the head, which has the index -1.
  #search(wanted: Buffer | number, size: number, from: number, to: number): number {
    let index = (this.#backlog?.size ?? 0) - 1;
    let base = this.#length;
    // Backwards: a search mostly continues where the last one ended, close to the end.
    for (; index >= 0; index--) {
      base -= this.#at(index).length;
      if (base <= from) break;
    }
    if (index < 0) base = -this.#start;
    for (let position = from; ; position = base, index++) {
      const chunk = this.#at(index);
      const whole = base + chunk.length <= to;
      const found = (whole ? chunk : chunk.subarray(0, to - base)).indexOf(wanted, position - base);
      if (found >= 0) return base + found;
      base += chunk.length;
      if (base >= to) return -1;
      if (size > 1) {
        const before = Math.min(base - position, size - 1);
        const across = this.#seam(index, before, Math.min(to - base, size - 1)).indexOf(wanted);
        if (across >= 0) return base - before + across;
      }
    }
  }

  // The last bytes of one chunk and the first that follow it: a separator may span them.
  #seam(index: number, before: number, after: number): Buffer {
    const seam = Buffer.allocUnsafe(before + after);
    const chunk = this.#at(index);
    let size = chunk.copy(seam, 0, chunk.length - before);
    for (let next = index + 1; size < seam.length; next++) size += this.#at(next).copy(seam, size);
    return seam;
  }

  #at(index: number): Buffer {
    return index < 0 ? this.#head : (this.#backlog as Backlog).at(index);
  }

  #view(start: number, size: number): Buffer {
    const head = this.#head;
    if (View === undefined) return head.subarray(start, start + size);
    return new View((this.#memory ??= head.buffer), head.byteOffset + start, size);
  }

  #passOver(size: number): void {
    this.#length -= size;
    this.#start += size;
    if (this.#start < this.#head.length) return;
    this.#start = 0;
    this.#memory = undefined;
    if (this.#length > 0) {
      this.#head = (this.#backlog as Backlog).shift();
    } else {
      this.#head = empty;
      this.#backlog = undefined;
    }
  }
}

// A chunk has an overhead of some 260 bytes, so input that arrives byte by byte would take 260 times
// its size. A small chunk that follows others is therefore appended to the previous small one, in a
// slab: an area in which each byte is written once. Two small chunks stay adjacent only where a slab
// is full, so the overhead stays below the number of bytes held, one slab aside.
const smallChunk = 1024;
const slabSize = 8192;

/** The chunks after the head of a buffer. Most buffers never have any. */
class Backlog {
  #chunks: Buffer[] = [];
  #next = 0;
  #slab: Buffer = empty;
  #slabEnd = 0;
  #tailIsInSlab = false;

  get size(): number {
    return this.#chunks.length - this.#next;
  }

  at(index: number): Buffer {
    return this.#chunks[this.#next + index] as Buffer;
  }

  /** Append a chunk. Returns the head, which is longer if the chunk was copied to its end. */
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

  shift(): Buffer {
    const chunk = this.at(0);
    this.#chunks[this.#next] = empty;
    this.#next++;
    // Amortized: no more chunks are moved to the front than were taken before.
    if (this.#next * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#next);
      this.#next = 0;
    }
    return chunk;
  }
}

type ViewClass = new (memory: ArrayBufferLike, offset: number, size: number) => Buffer;

// subarray() reads the chunk's ArrayBuffer each time, and then calls the constructor that it finds
// under Buffer[Symbol.species], as the specification of typed arrays requires. Calling that
// directly, with the ArrayBuffer cached, takes 14 ns instead of 24. Node does not document it, so a
// test at load time checks that it makes a Buffer over the same bytes. If not, subarray() is called.
function viewClass(): ViewClass | undefined {
  try {
    const Species = Reflect.get(Buffer, Symbol.species) as ViewClass;
    const chunk = Buffer.from("abcd");
    const view = new Species(chunk.buffer, chunk.byteOffset + 1, 2);
    chunk.write("x", 1);
    const isRight = Object.getPrototypeOf(view) === Object.getPrototypeOf(chunk);
    return isRight && view.toString() === "xc" ? Species : undefined;
  } catch {
    return undefined;
  }
}

const View = viewClass();
