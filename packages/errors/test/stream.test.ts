import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { IncompleteReadError, LimitOverrunError } from "@aio/errors";

describe("IncompleteReadError", () => {
  const partial = Buffer.from("abc");

  it("has its own name and code, and as keys what was read and what was asked for", () => {
    const error = new IncompleteReadError(partial, 10);
    expect(error).toMatchObject({ name: "IncompleteReadError", code: "ERR_INCOMPLETE_READ" });
    expect(Object.keys(error)).toEqual(["partial", "expected"]);
    expect(error.partial).toBe(partial);
    expect(error.expected).toBe(10);
  });

  it("says how much came of how much", () => {
    expect(new IncompleteReadError(partial, 10).message).toBe(
      "3 bytes read on a total of 10 expected bytes",
    );
  });

  it("says undefined where a separator and no number was waited for", () => {
    const error = new IncompleteReadError(Buffer.alloc(0));
    expect(error.expected).toBeUndefined();
    expect(error.message).toBe("0 bytes read on a total of undefined expected bytes");
  });

  it("reads well on the console", () => {
    const [first, ...rest] = inspect(new IncompleteReadError(partial, 10)).split("\n");
    expect(first).toBe("IncompleteReadError: 3 bytes read on a total of 10 expected bytes");
    expect(rest).toContain("  partial: <Buffer 61 62 63>,");
    expect(rest).toContain("  expected: 10");
    expect(rest.join("\n")).not.toContain("code");
  });
});

describe("LimitOverrunError", () => {
  const error = new LimitOverrunError("Separator is not found, and chunk exceed the limit", 65_537);

  it("has its own name and code, and as its key how much can be taken", () => {
    expect(error).toMatchObject({ name: "LimitOverrunError", code: "ERR_LIMIT_OVERRUN" });
    expect(Object.keys(error)).toEqual(["consumed"]);
    expect(error.consumed).toBe(65_537);
  });

  it("reads well on the console", () => {
    const [first, ...rest] = inspect(error).split("\n");
    expect(first).toBe("LimitOverrunError: Separator is not found, and chunk exceed the limit");
    expect(rest).toContain("  consumed: 65537");
  });
});
