import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ProcessLookupError } from "@aio/errors";

describe("ProcessLookupError", () => {
  const error = new ProcessLookupError("Cannot send SIGKILL to process 4711: it has ended");

  it("has its own name and the system's code, both among its keys", () => {
    expect(error).toMatchObject({ name: "ProcessLookupError", code: "ESRCH" });
    expect(Object.keys(error)).toEqual(["name", "code"]);
  });

  it("is an Error that keeps its cause", () => {
    const cause = new Error("kill ESRCH");
    expect(error).toBeInstanceOf(Error);
    expect(new ProcessLookupError("Gone", { cause }).cause).toBe(cause);
  });

  it("reads well on the console", () => {
    expect(inspect(error)).toMatch(
      /^ProcessLookupError: Cannot send SIGKILL to process 4711: it has ended\n {4}at /,
    );
    expect(inspect(error).split("\n").slice(-2)).toEqual(["  code: 'ESRCH'", "}"]);
  });
});
