import { inspect } from "node:util";
import { IncompleteReadError, LimitOverrunError } from "@aio/errors";
import { describe, expect, test } from "vitest";

describe("IncompleteReadError", () => {
  const partial = Buffer.from("abc");

  test("has its own name and code, the partial data and the expected size", () => {
    const error = new IncompleteReadError(partial, 10);
    expect(error).toMatchObject({ name: "IncompleteReadError", code: "ERR_INCOMPLETE_READ" });
    expect(error.partial).toBe(partial);
    expect(error.expected).toBe(10);
  });

  test("states how many bytes were received and expected", () => {
    expect(new IncompleteReadError(partial, 10).message).toBe(
      "3 bytes read on a total of 10 expected bytes",
    );
  });

  test("says that the separator is missing if the call waited for one", () => {
    const error = new IncompleteReadError(Buffer.alloc(0));
    expect(error.expected).toBeUndefined();
    expect(error.message).toBe("0 bytes read before the end of the input, without the separator");
  });

  test("hides the bytes from a logger, however it enumerates properties", () => {
    const error = new IncompleteReadError(Buffer.alloc(60_000, "x"), 100_000);
    const inherited: string[] = [];
    // As pino does it. eslint-disable-next-line guard-for-in
    for (const key in error) inherited.push(key);
    const allKeys = Object.getOwnPropertyNames(error);
    expect(Object.keys(error)).toEqual(["name", "code", "expected"]);
    expect(inherited).toEqual(["name", "code", "expected"]);
    expect(JSON.stringify(error, allKeys).length).toBeLessThan(5_000);
    expect(inspect(error)).not.toContain("78 78");
  });

  test("reads well on the console", () => {
    const [first, ...rest] = inspect(new IncompleteReadError(partial, 10)).split("\n");
    expect(first).toBe("IncompleteReadError: 3 bytes read on a total of 10 expected bytes");
    expect(rest.slice(-3)).toEqual(["  code: 'ERR_INCOMPLETE_READ',", "  expected: 10", "}"]);
  });
});

describe("LimitOverrunError", () => {
  const error = new LimitOverrunError("Found no separator", 65_537, { limit: 65_536 });

  test("has its own name and code, and the keys consumed and limit", () => {
    expect(error).toMatchObject({ name: "LimitOverrunError", code: "ERR_LIMIT_OVERRUN" });
    expect(Object.keys(error)).toEqual(["name", "code", "consumed", "limit"]);
    expect([error.consumed, error.limit]).toEqual([65_537, 65_536]);
  });

  test("names the limit and the option that raises it", () => {
    expect(error.message).toBe("Found no separator within the limit of 65536 bytes (option limit)");
    const other = new LimitOverrunError("Cannot collect the output", 9, {
      limit: 8,
      option: "maxOutput",
      cause: "x",
    });
    expect(other.message).toBe(
      "Cannot collect the output within the limit of 8 bytes (option maxOutput)",
    );
    expect(other.cause).toBe("x");
  });

  test("has the message unchanged if no limit is given", () => {
    const bare = new LimitOverrunError("The line is too long", 5);
    expect(bare.message).toBe("The line is too long");
    expect(bare.limit).toBeUndefined();
    expect("cause" in bare).toBe(false);
  });

  test("reads well on the console", () => {
    const [first, ...rest] = inspect(error).split("\n");
    expect(first).toBe(`LimitOverrunError: ${error.message}`);
    expect(rest).toContain("  consumed: 65537,");
  });
});
