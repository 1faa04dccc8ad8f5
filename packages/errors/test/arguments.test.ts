import {
  checkedBoolean,
  checkedFunction,
  checkedInteger,
  checkedMilliseconds,
  checkedString,
  invalidArgumentType,
  invalidArgumentValue,
  outOfRange,
} from "@aio/errors";
import { describe, expect, test } from "vitest";

describe("invalidArgumentType()", () => {
  test("makes a TypeError with Node's code", () => {
    const error = invalidArgumentType("signal", "an AbortSignal", 5);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE" });
  });

  test("has the code as an own key, like Node's errors", () => {
    expect(Object.keys(invalidArgumentType("signal", "an AbortSignal", 5))).toEqual(["code"]);
  });

  test("names the argument, the expectation and the value", () => {
    const { message } = invalidArgumentType("signal", "an AbortSignal", 5);
    expect(message).toBe("Invalid signal: expected an AbortSignal, got 5");
  });

  const no = (): never => {
    throw new Error("thrown by the proxy");
  };
  const traps = { get: no, has: no, getPrototypeOf: no, getOwnPropertyDescriptor: no, ownKeys: no };
  const unreadable = new Proxy({}, { get: no });
  const silent = new Proxy({}, traps);
  const silentFunction = new Proxy(() => {}, traps);
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const instanceOf = (constructor: unknown): object => Object.create({ constructor });
  const nameless = instanceOf({ name: "" });
  const throwing = instanceOf(unreadable);

  test.each([
    ["a string in quotes", "a\nb", String.raw`"a\nb"`],
    ["a string of 64 characters whole", "x".repeat(64), `"${"x".repeat(64)}"`],
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
    ["a proxy that cannot be read", unreadable, "an instance of Object"],
    ["a proxy that returns undefined for every key", silent, "an object"],
    ["a proxy of a function that returns undefined for every key", silentFunction, "a function"],
    ["a revoked proxy", revoked, "an object"],
    ["an object of a class without a name", nameless, "an object"],
    ["an object whose class throws when read", throwing, "an object"],
  ])("shows %s", (_, value, shown) => {
    const { message } = invalidArgumentType("x", "y", value);
    expect(message).toBe(`Invalid x: expected y, got ${shown}`);
  });

  test.each([
    ["string", "1".repeat(1000), `"${"1".repeat(64)}…"`],
    ["bigint", BigInt("1".repeat(1000)), `${"1".repeat(64)}…n`],
    ["symbol", Symbol("1".repeat(1000)), `Symbol(${"1".repeat(57)}…`],
  ])("cuts a long %s", (_, value, shown) => {
    const { message } = invalidArgumentType("x", "y", value);
    expect(message).toBe(`Invalid x: expected y, got ${shown}`);
  });
});

describe("invalidArgumentValue()", () => {
  test("makes a TypeError with Node's code and the whole message", () => {
    const error = invalidArgumentValue("Cannot use serverHostname: it needs the option tls");
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
    expect(error.message).toBe("Cannot use serverHostname: it needs the option tls");
    expect(Object.keys(error)).toEqual(["code"]);
  });
});

describe("outOfRange()", () => {
  test("makes a RangeError with Node's code", () => {
    const error = outOfRange("limit", "an integer of at least 1", -1);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ name: "RangeError", code: "ERR_OUT_OF_RANGE" });
    expect(error.message).toBe("Invalid limit: expected an integer of at least 1, got -1");
    expect(Object.keys(error)).toEqual(["code"]);
  });
});

function refused(check: () => unknown) {
  try {
    return { returned: check() };
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return { name, code, message };
  }
}

const wrongType = (message: string) => ({
  name: "TypeError",
  code: "ERR_INVALID_ARG_TYPE",
  message,
});
const wrongRange = (message: string) => ({ name: "RangeError", code: "ERR_OUT_OF_RANGE", message });

describe("checkedInteger()", () => {
  test("returns an integer within the range, inclusive", () => {
    expect([1, 5, 10].map((value) => checkedInteger("n", value, 1, 10))).toEqual([1, 5, 10]);
  });

  test.each([0, 11, 1.5, Number.NaN, Infinity])(
    "refuses the number %s with a RangeError",
    (value) => {
      expect(refused(() => checkedInteger("n", value, 1, 10))).toEqual(
        wrongRange(`Invalid n: expected an integer from 1 to 10, got ${value}`),
      );
    },
  );

  test.each([undefined, null, "5", 5n])("refuses %s with a TypeError", (value) => {
    expect(refused(() => checkedInteger("n", value, 1, 10))).toMatchObject({
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
    });
  });

  test("accepts any safe integer of at least `least` if `most` is not given", () => {
    expect(checkedInteger("n", Number.MAX_SAFE_INTEGER, 1)).toBe(Number.MAX_SAFE_INTEGER);
    expect(refused(() => checkedInteger("n", 2 ** 53, 1))).toEqual(
      wrongRange("Invalid n: expected an integer of at least 1, got 9007199254740992"),
    );
  });
});

describe("checkedMilliseconds()", () => {
  test("returns any delay that a timer supports, fractions included", () => {
    const times = [0, 0.5, 2 ** 31 - 1];
    expect(times.map((time) => checkedMilliseconds("time", time))).toEqual(times);
  });

  test.each([-1, 2 ** 31, Infinity, Number.NaN])("refuses %s with a RangeError", (value) => {
    expect(refused(() => checkedMilliseconds("time", value))).toEqual(
      wrongRange(
        `Invalid time: expected a number of milliseconds from 0 to 2147483647, got ${value}`,
      ),
    );
  });

  test("refuses a time below `least`", () => {
    expect(refused(() => checkedMilliseconds("time", 0, 1))).toEqual(
      wrongRange("Invalid time: expected a number of milliseconds from 1 to 2147483647, got 0"),
    );
  });

  test("refuses anything but a number with a TypeError", () => {
    expect(refused(() => checkedMilliseconds("time", "5"))).toMatchObject({ name: "TypeError" });
  });
});

const kinds: readonly {
  readonly name: string;
  readonly check: (name: string, value: unknown) => unknown;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
  readonly expected: string;
}[] = [
  {
    name: "checkedBoolean()",
    check: checkedBoolean,
    good: [true, false],
    bad: ["yes", 1, undefined],
    expected: "a boolean",
  },
  {
    name: "checkedString()",
    check: checkedString,
    good: ["", "a"],
    bad: [5, null, undefined],
    expected: "a string",
  },
  {
    name: "checkedFunction()",
    check: checkedFunction,
    good: [() => {}, Map],
    bad: ["call", {}, undefined],
    expected: "a function",
  },
];

describe.each(kinds)("$name", ({ check, good, bad, expected }) => {
  test("returns a value of that type", () => {
    expect(good.map((value) => check("x", value))).toEqual(good);
  });

  test("refuses anything else", () => {
    for (const value of bad) {
      const { message } = invalidArgumentType("x", expected, value);
      expect(refused(() => check("x", value))).toEqual(wrongType(message));
    }
  });
});
