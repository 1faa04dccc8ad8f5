import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// The reader creates its results through Buffer[Symbol.species], which Node does not document:
// whatever is there, the results must be the same.
const original = Object.getOwnPropertyDescriptor(Buffer, Symbol.species);

class Detached extends Uint8Array {
  constructor() {
    super(2);
  }
}

const species: Record<string, PropertyDescriptor> = {
  "Node's own class": original ?? { value: Buffer },
  nothing: { value: undefined },
  "a plain Uint8Array": { value: Uint8Array },
  "a class that copies its input": { value: Detached },
  "no constructor": { value: () => Buffer.alloc(2) },
  "a getter that throws": {
    get() {
      throw new Error("no species");
    },
  },
};

describe.each(Object.entries(species))(
  "StreamReader with %s as Buffer's species",
  (_, descriptor) => {
    beforeEach(() => {
      vi.resetModules();
      Object.defineProperty(Buffer, Symbol.species, { configurable: true, ...descriptor });
    });

    afterEach(() => {
      if (original === undefined) Reflect.deleteProperty(Buffer, Symbol.species);
      else Object.defineProperty(Buffer, Symbol.species, original);
      vi.resetModules();
    });

    test("returns Buffers that are views of the received chunks", async () => {
      const { StreamReader } = await import("../src/reader/stream-reader.ts");
      // subarray() also reads the species, at each call.
      if (original !== undefined) Object.defineProperty(Buffer, Symbol.species, original);
      const memory = Buffer.from("..line\nand four more");
      const chunk = memory.subarray(2);
      const reader = new StreamReader();
      reader.feedData(chunk);
      const results = [
        await reader.readline(),
        await reader.readexactly(4),
        reader.readexactlyNowait(2),
        reader.readNowait(3),
        await reader.read(100),
      ];
      expect(results.map(String)).toEqual(["line\n", "and ", "fo", "ur ", "more"]);
      for (const result of results) {
        expect(result).toBeInstanceOf(Buffer);
        expect(Object.getPrototypeOf(result)).toBe(Buffer.prototype);
        expect(result?.buffer).toBe(memory.buffer);
      }
      memory.fill("x");
      expect(results.map(String).join("")).toBe("x".repeat(18));
    });
  },
);
