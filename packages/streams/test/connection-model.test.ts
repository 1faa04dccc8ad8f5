import { CancelledError, IncompleteReadError } from "@aio/errors";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tcpPair } from "./pairs.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 300 });
const call = fc.record({
  call: fc.constantFrom("read", "readexactly", "readuntil", "readline"),
  size: fc.integer({ min: 1, max: 60 }),
  /** After how many turns to abort it, if it is still waiting. */
  abortAfter: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** What a call must return when `rest` is what remains of the input. */
function expected(rest: string, { call: name, size }: Call): string {
  if (name === "readexactly") return rest.slice(0, size);
  const separator = name === "readuntil" ? "ab" : "\n";
  const found = rest.indexOf(separator);
  return found < 0 ? rest : rest.slice(0, found + separator.length);
}

async function compare(chunks: readonly string[], calls: readonly Call[]): Promise<void> {
  await using pair = await tcpPair();
  const { reader } = pair;
  const sending = (async () => {
    for (const chunk of chunks) {
      await pair.peer.send(chunk);
      await turns(chunk.length % 3);
    }
    await pair.peer.end();
  })();
  let rest = chunks.join("");
  for (const wanted of calls) {
    const controller = new AbortController();
    if (wanted.abortAfter !== undefined) {
      void turns(wanted.abortAfter).then(() => controller.abort());
    }
    let bytes: string;
    try {
      if (wanted.call === "read") bytes = String(await reader.read(wanted.size, controller));
      else if (wanted.call === "readline") bytes = String(await reader.readline(controller));
      else if (wanted.call === "readuntil")
        bytes = String(await reader.readuntil("ab", controller));
      else bytes = String(await reader.readexactly(wanted.size, controller));
    } catch (error) {
      if (error instanceof CancelledError) continue;
      if (!(error instanceof IncompleteReadError)) throw error;
      bytes = String(error.partial);
    }
    if (wanted.call === "read") {
      expect(rest.startsWith(bytes)).toBe(true);
      expect(bytes.length).toBeLessThanOrEqual(wanted.size);
      expect(bytes === "").toBe(rest === "");
    } else {
      expect(bytes).toBe(expected(rest, wanted));
    }
    rest = rest.slice(bytes.length);
  }
  expect(String(await reader.read())).toBe(rest);
  await sending;
}

async function sendAll(steps: readonly (string | Uint8Array)[]): Promise<void> {
  await using pair = await tcpPair();
  const receiving = pair.peer.receiveAll();
  const parts: Uint8Array[] = [];
  for (const data of steps) {
    if (data === "flush") pair.writer.flush();
    else if (data === "drain") await pair.writer.drain();
    else if (data === "turn") await turns(1);
    else {
      pair.writer.write(data);
      parts.push(Buffer.from(data as string));
    }
  }
  pair.writer.writeEof();
  expect((await receiving).equals(Buffer.concat(parts))).toBe(true);
}

describe("StreamReader of a connection", () => {
  test("delivers every byte once, however the input is split and whichever calls are aborted", async () => {
    const chunks = fc.array(letters, { maxLength: 12 });
    const calls = fc.array(call, { maxLength: 40 });
    await fc.assert(fc.asyncProperty(chunks, calls, compare), { numRuns: 150 });
  }, 30_000);
});

describe("StreamWriter of a connection", () => {
  test("sends every byte once and in order, however the output is split", async () => {
    const chunk = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 50 }),
      fc.integer({ min: 0, max: 70_000 }).map((size) => "é".repeat(size)),
      fc.uint8Array({ maxLength: 5000 }),
    );
    const step = fc.oneof(
      { weight: 6, arbitrary: chunk },
      {
        weight: 1,
        arbitrary: fc.constantFrom("flush" as const, "drain" as const, "turn" as const),
      },
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), sendAll), { numRuns: 150 });
  }, 30_000);
});
