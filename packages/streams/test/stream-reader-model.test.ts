import { CancelledError, IncompleteReadError, LimitOverrunError, RuntimeError } from "@aio/errors";
import { StreamReader } from "@aio/streams";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReaderModel, type Request } from "./reader-model.ts";

type Step =
  | { readonly do: "feed"; readonly chunk: string }
  // The same chunk again, and the next line of an iteration that goes on for the whole run.
  | { readonly do: "again" | "next" | "next of lines()" | "end" | "fail" | "abort" }
  | { readonly do: "call" | "nowait"; readonly request: Request };

const letters = fc.constantFrom("a", "b", "\n");
const short = fc.string({ unit: letters, maxLength: 6 });
// Long enough both to bypass the slab for small chunks and to fill it.
const long = fc.tuple(short, fc.integer({ min: 100, max: 900 })).map(([s, n]) => s.repeat(n));
const separator = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
const size = fc.oneof(fc.integer({ min: -1, max: 9 }), fc.integer({ min: 1000, max: 3000 }));
const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ call: fc.constantFrom("read" as const), size }),
  fc.record({
    call: fc.constantFrom("readexactly" as const, "readinto" as const),
    size: size.map(Math.abs),
  }),
  fc.record({
    call: fc.constant("readuntil" as const),
    separators: fc.array(separator, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ call: fc.constant("readline" as const) }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant("feed" as const), chunk: short }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("feed" as const), chunk: long }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant("call" as const), request }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("nowait" as const), request }) },
    { weight: 1, arbitrary: fc.constant({ do: "again" as const }) },
    { weight: 4, arbitrary: fc.constant({ do: "next" as const }) },
    { weight: 4, arbitrary: fc.constant({ do: "next of lines()" as const }) },
    { weight: 2, arbitrary: fc.constant({ do: "abort" as const }) },
    { weight: 1, arbitrary: fc.constantFrom({ do: "end" as const }, { do: "fail" as const }) },
  ),
  { maxLength: 40 },
);
const limit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(2000, 65_536));

const failure = new Error("failed");

function failureName(error: unknown): string {
  if (error === failure) return "error";
  if (error instanceof CancelledError) return "abort";
  if (error instanceof RuntimeError) return "busy";
  if (error instanceof LimitOverrunError) return `overrun ${error.consumed}`;
  if (error instanceof IncompleteReadError) return `incomplete ${String(error.partial)}`;
  return String(error);
}

function call(reader: StreamReader, wanted: Request, signal: AbortSignal): Promise<string> {
  switch (wanted.call) {
    case "read":
      return reader.read(wanted.size, { signal }).then(String);
    case "readexactly":
      return reader.readexactly(wanted.size, { signal }).then(String);
    case "readuntil":
      return reader.readuntil(wanted.separators, { signal }).then(String);
    case "readline":
      return reader.readline({ signal }).then(String);
    default: {
      const target = Buffer.alloc(wanted.size);
      return reader.readinto(target, { signal }).then((read) => String(target.subarray(0, read)));
    }
  }
}

function callNowait(reader: StreamReader, wanted: Request): string {
  try {
    switch (wanted.call) {
      case "read":
        return String(reader.readNowait(wanted.size));
      case "readuntil":
        return String(reader.readuntilNowait(wanted.separators));
      case "readline":
        return String(reader.readlineNowait());
      default:
        return String(reader.readexactlyNowait(wanted.size));
    }
  } catch (error) {
    return failureName(error);
  }
}

/** The line that an iteration yields next; nothing at the end. */
function lineFrom(next: Promise<IteratorResult<unknown>>): Promise<string> {
  return next.then(({ value, done }) => (done === true ? "" : String(value)), failureName);
}

async function compare(chosenLimit: number, chosen: readonly Step[]): Promise<void> {
  let isPaused = false;
  const source = {
    pause: () => (isPaused = true) as unknown as void,
    resume: () => (isPaused = false) as unknown as void,
  };
  const reader = new StreamReader({ limit: chosenLimit, source });
  const model = new ReaderModel(chosenLimit);
  const outcomes: string[] = [];
  const bytes = reader[Symbol.asyncIterator]();
  const lines = reader.lines();
  let chunk = Buffer.from("");
  let controller = new AbortController();
  let hasEnded = false;
  for (const [id, step] of chosen.entries()) {
    switch (step.do) {
      case "feed":
      case "again":
        if (hasEnded) break;
        if (step.do === "feed") chunk = Buffer.from(step.chunk);
        reader.feedData(chunk);
        model.feed(String(chunk));
        break;
      case "next":
      case "next of lines()": {
        // Only where it need not wait: an iteration has no signal of the run.
        if (reader.exception() !== null) break;
        const line = model.callNowait({ call: "readline" });
        if (line === "null") break;
        if (step.do === "next") expect(await lineFrom(bytes.next())).toBe(line);
        else expect(await lineFrom(lines.next())).toBe(line.replace(/\n$/, ""));
        break;
      }
      case "end":
        hasEnded = true;
        reader.feedEof();
        model.end();
        break;
      case "fail":
        reader.setException(failure);
        model.fail();
        break;
      case "abort":
        controller.abort();
        controller = new AbortController();
        model.abort();
        break;
      case "call":
        call(reader, step.request, controller.signal).then(
          (bytes) => (outcomes[id] = bytes),
          (error: unknown) => (outcomes[id] = failureName(error)),
        );
        model.call(id, step.request);
        break;
      case "nowait": {
        // No readinto() exists that does not wait, so readexactlyNowait() runs instead.
        const asked =
          step.request.call === "readinto"
            ? { call: "readexactly" as const, size: step.request.size }
            : step.request;
        expect(callNowait(reader, asked)).toBe(model.callNowait(asked));
        break;
      }
    }
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(outcomes).toEqual(model.outcomes);
    expect(reader.bufferedLength).toBe(model.data.length);
    expect(isPaused).toBe(model.isPaused);
  }
  expect(String(reader.readNowait(reader.bufferedLength))).toBe(model.data);
}

describe("StreamReader, fed by hand", () => {
  test("answers any sequence of calls as a simple model does, however the bytes are split", async () => {
    // The end of a failed input does not pause it.
    const readuntil: Request = { call: "readuntil", separators: ["abbb"] };
    const example: Step[] = [
      { do: "call", request: readuntil },
      { do: "feed", chunk: "aaa" },
      { do: "fail" },
      { do: "end" },
    ];
    const property = fc.asyncProperty(limit, steps, compare);
    await fc.assert(property, { numRuns: 1000, examples: [[1, example]] });
  }, 30_000);
});
