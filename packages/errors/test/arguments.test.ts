import { describe, expect, it } from "vitest";
import { invalidArgumentType, outOfRange } from "@aio/errors";

describe("invalidArgumentType()", () => {
  it("makes a TypeError with Node's code", () => {
    const error = invalidArgumentType("signal", "an AbortSignal", 5);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE" });
  });

  it("keeps the code out of the error's enumerable keys", () => {
    expect(Object.keys(invalidArgumentType("signal", "an AbortSignal", 5))).toEqual([]);
  });

  it("names the argument, what it has to be and what it was", () => {
    const { message } = invalidArgumentType("signal", "an AbortSignal", 5);
    expect(message).toBe("Invalid signal: expected an AbortSignal, got 5");
  });

  const throwing = new Proxy(
    {},
    {
      get(): never {
        throw new Error("read");
      },
    },
  );

  it.each([
    ["a string in quotes", "a\nb", String.raw`"a\nb"`],
    ["a bigint with its n", 7n, "7n"],
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["NaN", Number.NaN, "NaN"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a function by its name", structuredClone, "the function structuredClone"],
    ["a function without a name", () => {}, "a function"],
    ["an object by its class", new Map(), "an instance of Map"],
    ["a plain object", {}, "an instance of Object"],
    ["an object without a prototype", Object.create(null), "an object"],
    ["an array", [1], "an instance of Array"],
    ["an object that throws when read", throwing, "an instance of Object"],
  ])("shows %s", (_, value, shown) => {
    const { message } = invalidArgumentType("x", "y", value);
    expect(message).toBe(`Invalid x: expected y, got ${shown}`);
  });

  it("cuts a long string", () => {
    const { message } = invalidArgumentType("x", "a number", "a".repeat(1000));
    expect(message).toBe(`Invalid x: expected a number, got "${"a".repeat(64)}…"`);
  });
});

describe("outOfRange()", () => {
  it("makes a RangeError with Node's code", () => {
    const error = outOfRange("limit", "a positive integer", -1);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ name: "RangeError", code: "ERR_OUT_OF_RANGE" });
    expect(error.message).toBe("Invalid limit: expected a positive integer, got -1");
  });

  it("keeps the code out of the error's enumerable keys", () => {
    expect(Object.keys(outOfRange("limit", "a positive integer", -1))).toEqual([]);
  });
});
