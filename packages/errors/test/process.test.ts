import { inspect } from "node:util";
import { ProcessLookupError } from "@aio/errors";
import { describe, expect, test } from "vitest";

describe("ProcessLookupError", () => {
  const error = new ProcessLookupError("Cannot send SIGKILL to process 4711: it has ended");

  test("has its own name and the system error code as own keys", () => {
    expect(error).toMatchObject({ name: "ProcessLookupError", code: "ESRCH" });
    expect(Object.keys(error)).toEqual(["name", "code"]);
  });

  test("is an Error that keeps its cause", () => {
    const cause = new Error("kill ESRCH");
    expect(error).toBeInstanceOf(Error);
    expect(new ProcessLookupError("Gone", { cause }).cause).toBe(cause);
  });

  test("reads well on the console", () => {
    expect(inspect(error)).toMatch(
      /^ProcessLookupError: Cannot send SIGKILL to process 4711: it has ended\n {4}at /,
    );
    expect(inspect(error).split("\n").slice(-2)).toEqual(["  code: 'ESRCH'", "}"]);
  });
});
