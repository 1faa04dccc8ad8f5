import { invalidArgumentType, outOfRange } from "@aio/errors";
import type { ByteBuffer } from "./byte-buffer.ts";

/** What ends a piece of input: bytes, or text that stands for its UTF-8 bytes. */
export type Separator = string | Uint8Array;

/** Separators prepared for a search: the shortest first, none of them empty. */
export interface Separators {
  readonly all: readonly [Buffer, ...Buffer[]];
  readonly longest: number;
}

// The last separator given as text. Most programs use one, and encoding it takes 60 ns a call.
let cachedText = "\n";
let cached: Separators = { all: [Buffer.from("\n")], longest: 1 };

/** Check and prepare a caller's separators. Throws a TypeError or a RangeError for invalid ones. */
export function separatorsOf(value: Separator | readonly Separator[]): Separators {
  if (value === cachedText) return cached;
  if (!Array.isArray(value)) {
    const bytes = bytesOfSeparator(value as Separator);
    const separators: Separators = { all: [bytes], longest: bytes.length };
    if (typeof value === "string") {
      cachedText = value;
      cached = separators;
    }
    return separators;
  }
  const [first, ...others] = value.map(bytesOfSeparator).toSorted((a, b) => a.length - b.length);
  if (first === undefined) throw outOfRange("separator", "at least one element", value);
  return { all: [first, ...others], longest: others.at(-1)?.length ?? first.length };
}

function bytesOfSeparator(value: Separator): Buffer {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw invalidArgumentType("separator", "a string, a Uint8Array, or an array of them", value);
  }
  if (value.length === 0) throw outOfRange("separator", "at least one byte", value);
  if (typeof value === "string") return Buffer.from(value);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** Where a match begins, and where it ends. */
interface Match {
  readonly start: number;
  readonly end: number;
}

const none: Match = { start: -1, end: -1 };

/**
 * The match at `from` or later that ends first; of several that end together, the shortest. It begins
 * at -1 if there is none.
 */
export function findFirst(buffer: ByteBuffer, separators: Separators, from: number): Match {
  if (separators.all.length > 1) return findFirstOfSeveral(buffer, separators, from);
  const [separator] = separators.all;
  const start = buffer.indexOf(separator, from);
  return { start, end: start + separator.length };
}

// Searches windows of doubling size. One separator may never occur while another ends many short
// pieces; without a window, each call would search the whole buffer for the absent one.
function findFirstOfSeveral(buffer: ByteBuffer, separators: Separators, from: number): Match {
  const { length } = buffer;
  let begin = from;
  for (let size = 512; begin < length; size *= 2) {
    const windowEnd = Math.min(length, begin + size);
    let match = none;
    for (const separator of separators.all) {
      const start = buffer.indexOf(separator, begin, match === none ? windowEnd : match.end - 1);
      if (start >= 0) match = { start, end: start + separator.length };
    }
    if (match !== none || windowEnd === length) return match;
    begin = Math.max(begin, windowEnd - separators.longest + 1);
  }
  return none;
}
