import { type Draw, drawsOf, oneOf } from "../random.ts";

/** A call to the reader. Bytes are text, one character each. */
export type Call =
  | readonly [name: "read" | "readexactly", size: number]
  | readonly [name: "readuntil", separators: readonly string[]]
  | readonly [name: "readline" | "next"];

/** Whether a call may wait. The signal of a `refused` call has already aborted. */
export type How = "wait" | "nowait" | "refused";

/** One step of a program. `cancel` aborts the waiting call. */
export type Operation =
  | readonly [name: "feed", bytes: string]
  | readonly [name: "call", call: Call, how: How]
  | readonly [name: "eof" | "error" | "cancel" | "settle"];

/** A sequence of operations on one reader. */
export interface Program {
  readonly seed: number;
  /**
   * In "tasks" mode, asyncio runs each call as a task, and everything settles after each step. In "calls"
   * mode, the steps up to the next `settle` run in one go, and each takes effect at once.
   */
  readonly mode: "tasks" | "calls";
  readonly limit: number;
  readonly operations: readonly Operation[];
}

/** The features of a version of asyncio. */
export interface Abilities {
  /** Whether `readuntil()` takes several separators (3.13 and later). */
  readonly manySeparators: boolean;
}

/** The program for `seed`. */
export function programOf(seed: number, abilities: Abilities): Program {
  const draw = drawsOf(seed);
  const mode = seed % 2 === 0 ? "tasks" : "calls";
  const limit = oneOf(draw, [1, 2, 3, 4, 5, 8, 13, 40, 100, 65_536]);
  const words = oneOf(draw, vocabularies);
  const separators = abilities.manySeparators ? words.separators : words.separators.slice(0, 2);
  const text = textOf(draw, words.bits, limit);
  const operations: Operation[] = [];
  let fed = 0;
  for (let left = 5 + draw(36); left > 0; left--) {
    const kind = draw(100);
    if (kind < 42) {
      const size = draw(8) === 0 ? draw(200) : draw(9);
      operations.push(["feed", text(fed, size)]);
      fed += size;
    } else if (kind < 80) {
      const call = callOf(draw, separators, limit);
      operations.push(["call", call, howOf(draw, call)]);
    } else if (kind < 89) operations.push(["cancel"]);
    else if (kind < 96) operations.push(["settle"]);
    else if (draw(8) === 0) operations.push(["error"]);
    else if (left < 12) operations.push(["eof"]);
  }
  return { seed, mode, limit, operations: [...operations, ["settle"]] };
}

interface Vocabulary {
  /** The pieces of the input: mostly separators and parts of them. */
  readonly bits: readonly string[];
  /** Separators for `readuntil()`. The first two entries are single ones. */
  readonly separators: readonly (readonly string[])[];
}

const vocabularies: readonly Vocabulary[] = [
  { bits: ["\n", "a", "bc", "\n\n", "def"], separators: [["\n"], ["c\n"], ["\n", "a\n"]] },
  {
    bits: ["aab", "ab", "a", "b", "aa", "\n"],
    separators: [["aab"], ["ab"], ["aab", "ab"], ["ab", "ba", "aabaa"], ["b", "aab"]],
  },
  {
    bits: ["\r\n", "\r", "\n", "x", "yz"],
    separators: [["\r\n"], ["\r\n\r\n"], ["\n", "\r\n"], ["\r", "\r\n"], ["\r\n\r\n", "\n\n"]],
  },
  {
    bits: ["ABCDEFG", "ABC", "DE", "\n", "ABCABC"],
    separators: [["DEF"], ["ABCABD"], ["DEF", "BCDE"], ["ABCDEFG", "G"], ["CAB", "ABCABC"]],
  },
  {
    bits: ["\0", "\xff", "\xff\0", "\n", "\x80"],
    separators: [["\0"], ["\xff\0\xff"], ["\0\0", "\xff"], []],
  },
];

/** Returns consecutive pieces of an endless text, cut anywhere. */
function textOf(
  draw: Draw,
  bits: readonly string[],
  limit: number,
): (from: number, size: number) => string {
  let text = "";
  return (from, size) => {
    // Now and then, enough bytes without a separator to exceed the limit.
    while (text.length < from + size) {
      text += draw(12) === 0 ? "-".repeat(draw(Math.min(limit, 150) * 2)) : oneOf(draw, bits);
    }
    return text.slice(from, from + size);
  };
}

function callOf(draw: Draw, separators: Vocabulary["separators"], limit: number): Call {
  const kind = draw(10);
  if (kind < 3) return ["read", draw(5) === 0 ? -1 - draw(2) : sizeOf(draw, limit)];
  if (kind < 5) return ["readexactly", draw(30) === 0 ? -1 : sizeOf(draw, limit)];
  if (kind < 8) return ["readuntil", draw(60) === 0 ? [""] : oneOf(draw, separators)];
  return [kind === 8 ? "readline" : "next"];
}

function sizeOf(draw: Draw, limit: number): number {
  return draw(4) === 0 ? draw(Math.min(3 * limit, 300)) : draw(10);
}

function howOf(draw: Draw, [name, argument]: Call): How {
  const kind = draw(12);
  if (kind < 9) return "wait";
  if (kind < 11) return "nowait";
  // asyncio does not check the arguments of a task that is cancelled before it starts.
  const isWrong = name === "readexactly" ? argument < 0 : name === "readuntil" && !argument[0];
  return isWrong ? "wait" : "refused";
}
