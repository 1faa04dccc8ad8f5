import { getEventListeners } from "node:events";
import { type WaitOptions, checkedOptions, optionNames, signalOf } from "@aio/errors";
import { describe, expect, test } from "vitest";

const no = (): never => {
  throw new Error("thrown by the proxy");
};
const silent = new Proxy({}, { get: no, has: no, getPrototypeOf: no, ownKeys: no });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const names = optionNames(["tls", "serverHostname", "limit", "cwd", "highWaterMark", "signal"], {
  ssl: "tls",
  local_addr: "localAddress and localPort",
});

function messageFrom(call: () => unknown): string {
  try {
    call();
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("checkedOptions()", () => {
  const check = (options: unknown) => () => checkedOptions(options as object, names);

  test("returns the same object", () => {
    const options = { limit: 5, signal: undefined };
    expect(checkedOptions<object>(options, names)).toBe(options);
  });

  test("returns an empty object for undefined", () => {
    expect(checkedOptions(undefined, names)).toEqual({});
  });

  test.each([
    ["null", null, "null"],
    ["a number", 5, "5"],
    ["a function", no, "the function no"],
    ["an array", ["limit"], "an instance of Array"],
  ])("refuses %s", (_, options, shown) => {
    expect(check(options)).toThrow(TypeError);
    expect(check(options)).toThrow(`Invalid options: expected an object, got ${shown}`);
    expect(check(options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });

  test("refuses a proxy whose traps throw", () => {
    for (const options of [silent, revoked]) {
      expect(check(options)).toThrow("Invalid options: expected an object, got an object");
      expect(check(options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
    }
  });

  test("refuses a bare signal, which would be ignored", () => {
    expect(check(AbortSignal.abort())).toThrow(
      "Invalid options: expected an object such as { signal }, got an instance of AbortSignal",
    );
  });

  test.each([
    ["another library's name", "ssl", "tls"],
    ["another library's name in camelCase", "localAddr", "localAddress and localPort"],
    ["snake_case", "server_hostname", "serverHostname"],
    ["another case", "highWatermark", "highWaterMark"],
    ["an extra letter", "limmit", "limit"],
    ["a missing letter", "signl", "signal"],
    ["a wrong letter", "servorHostname", "serverHostname"],
    ["two letters swapped", "cdw", "cwd"],
    ["a timeout", "timeout", "signal: AbortSignal.timeout(milliseconds)"],
    ["a timeout with its unit", "timeoutMs", "signal: AbortSignal.timeout(milliseconds)"],
    ["another name for a signal", "abortSignal", "signal"],
  ])("refuses %s and says what to use", (_, name, hint) => {
    expect(check({ [name]: 1 })).toThrow(TypeError);
    expect(check({ [name]: 1 })).toThrow(`Unknown option: ${name}; use ${hint}`);
    expect(check({ [name]: 1 })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }),
    );
  });

  test.each(["port", "family", "ssh", "constructor", "", "__proto__"])(
    "refuses %j, without a hint",
    (name) => {
      const options = Object.defineProperty({}, name, { value: 1, enumerable: true });
      expect(messageFrom(check(options))).toBe(`Unknown option: ${name}`);
    },
  );

  test("refuses an unknown option whose value is undefined", () => {
    expect(check({ timeout: undefined })).toThrow("Unknown option: timeout");
  });

  test("truncates a long name, in constant time", () => {
    expect(check({ ["x".repeat(1_000_000)]: 1 })).toThrow(`Unknown option: ${"x".repeat(64)}…`);
  });

  test("gives no hint for a timeout if the call does not take a signal", () => {
    const call = () => checkedOptions<object>({ timeout: 5 }, optionNames(["limit"]));
    expect(messageFrom(call)).toBe("Unknown option: timeout");
  });

  test("ignores inherited names, non-enumerable names and symbols", () => {
    class Settings {
      limit = 5;
      get timeout(): number {
        return 5;
      }
    }
    const inherited = Object.assign(Object.create({ timeout: 5 }), { limit: 5 });
    const hidden = Object.defineProperty({ limit: 5 }, "timeout", { value: 5 });
    for (const options of [new Settings(), inherited, hidden, { [Symbol("timeout")]: 5 }]) {
      expect(check(options)).not.toThrow();
    }
  });

  test("does not read the options' values", () => {
    const options = {
      get limit() {
        return no();
      },
    };
    expect(check(options)).not.toThrow();
  });
});

describe("signalOf()", () => {
  test("returns the options' signal, aborted or not", () => {
    for (const signal of [new AbortController().signal, AbortSignal.abort()]) {
      expect(signalOf({ signal })).toBe(signal);
    }
  });

  test("returns the signal of an AbortController, and of any other object that has one", () => {
    const controller = new AbortController();
    expect(signalOf(controller)).toBe(controller.signal);
    expect(signalOf(Object.create({ signal: controller.signal }))).toBe(controller.signal);
  });

  test.each([undefined, {}, { signal: undefined }, { signal: null }])(
    "returns undefined for %o",
    (options) => {
      expect(signalOf(options)).toBeUndefined();
    },
  );

  const deaf = { aborted: false, addEventListener() {} };

  test.each([
    [{ signal: "SIGTERM" }, 'Invalid signal: expected an AbortSignal, got "SIGTERM"'],
    [{ signal: 15 }, "Invalid signal: expected an AbortSignal, got 15"],
    [{ signal: {} }, "Invalid signal: expected an AbortSignal, got an instance of Object"],
    [{ signal: new EventTarget() }, "expected an AbortSignal, got an instance of EventTarget"],
    [{ signal: { aborted: false } }, "expected an AbortSignal, got an instance of Object"],
    [{ signal: deaf }, "Invalid signal: expected an AbortSignal, got an instance of Object"],
    [
      { signal: new AbortController() },
      "Invalid signal: expected an AbortSignal, got an instance of AbortController",
    ],
    [null, "Invalid options: expected an object, got null"],
    [[], "Invalid options: expected an object, got an instance of Array"],
    [
      AbortSignal.abort(),
      "Invalid options: expected an object such as { signal }, got an instance of AbortSignal",
    ],
  ])("refuses %o", (options, message) => {
    const call = () => signalOf(options as WaitOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });

  test("refuses a proxy whose traps throw", () => {
    for (const signal of [silent, revoked]) {
      const call = () => signalOf({ signal } as WaitOptions);
      expect(call).toThrow("Invalid signal: expected an AbortSignal, got an object");
      expect(call).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
      expect(() => signalOf(signal)).toThrow("Invalid options: expected an object, got an object");
    }
  });

  test("refuses an option that the call does not have", () => {
    expect(() => signalOf({ timeout: 5 } as WaitOptions)).toThrow(
      "Unknown option: timeout; use signal: AbortSignal.timeout(milliseconds)",
    );
    expect(signalOf({ limit: 5 } as WaitOptions, names)).toBeUndefined();
  });

  test("refuses a signal if the call does not take one", () => {
    const { signal } = new AbortController();
    expect(() => signalOf({ signal }, optionNames(["limit"]))).toThrow("Unknown option: signal");
  });

  test("refuses every unknown name beside the signal, but not inherited ones", () => {
    const { signal } = new AbortController();
    for (const options of [
      { signal, limit: 5 },
      { limit: 5, signal },
    ]) {
      expect(() => signalOf(options)).toThrow("Unknown option: limit");
    }
    expect(signalOf(Object.assign(Object.create({ limit: 5 }), { signal }))).toBe(signal);
  });

  test("throws what a getter throws", () => {
    const options = {
      get signal() {
        return no();
      },
    };
    expect(() => signalOf(options)).toThrow("thrown by the proxy");
  });

  test("adds no listener", () => {
    const { signal } = new AbortController();
    signalOf({ signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
