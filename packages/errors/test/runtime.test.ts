import { inspect } from "node:util";
import { BrokenBarrierError, InvalidStateError, RuntimeError } from "@aio/errors";
import { describe, expect, test } from "vitest";

describe.each([
  ["RuntimeError", RuntimeError, "ERR_RUNTIME"],
  ["InvalidStateError", InvalidStateError, "ERR_INVALID_STATE"],
  ["BrokenBarrierError", BrokenBarrierError, "ERR_BROKEN_BARRIER"],
] as const)("%s", (name, errorClass, code) => {
  const error = new errorClass("Cannot release the lock: it is not held");

  test("has its own name and code as own keys", () => {
    expect(error).toMatchObject({ name, code });
    expect(Object.keys(error)).toEqual(["name", "code"]);
  });

  test("is an Error that keeps its cause", () => {
    const cause = new Error("before");
    expect(error).toBeInstanceOf(Error);
    expect(new errorClass("x", { cause }).cause).toBe(cause);
    expect(Object.hasOwn(error, "cause")).toBe(false);
  });

  test("reads well on the console", () => {
    expect(inspect(error)).toMatch(
      new RegExp(String.raw`^${name}: Cannot release the lock: it is not held\n {4}at `),
    );
    expect(inspect(error).split("\n").slice(-2)).toEqual([`  code: '${code}'`, "}"]);
  });
});

describe("BrokenBarrierError", () => {
  test("is a RuntimeError, as in asyncio", () => {
    expect(new BrokenBarrierError("x")).toBeInstanceOf(RuntimeError);
    expect(new RuntimeError("x")).not.toBeInstanceOf(BrokenBarrierError);
  });
});

describe("InvalidStateError", () => {
  test("is not a RuntimeError, as in asyncio", () => {
    expect(new InvalidStateError("x")).not.toBeInstanceOf(RuntimeError);
  });
});
