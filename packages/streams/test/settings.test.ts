import * as net from "node:net";
import {
  type AdoptOptions,
  type ConnectOptions,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "@aio/streams";
import { describe, expect, test } from "vitest";
import { failure } from "./waiting.ts";

// Invalid options are refused before any port is connected to or any path is bound.
const calls: Record<string, (options: object) => Promise<unknown>> = {
  "openConnection()": (options) => openConnection("127.0.0.1", 1, options),
  "openConnection({ socket })": (options) =>
    openConnection({ socket: new net.Socket(), ...options } as AdoptOptions),
  "openUnixConnection()": (options) => openUnixConnection("/nowhere", options),
  "startServer()": (options) => startServer(() => {}, "127.0.0.1", 0, options),
  "startServer({ fd })": (options) => startServer(() => {}, { fd: 1_000_000, ...options }),
  "startUnixServer()": (options) => startUnixServer(() => {}, "/nowhere/socket", options),
  "startUnixServer({ fd })": (options) => startUnixServer(() => {}, { fd: 1_000_000, ...options }),
};
const allCalls = Object.keys(calls);
const connecting = allCalls.slice(0, 3);
const overTcp = [allCalls[0]!, allCalls[3]!];

function refusal(call: string, options: object): Promise<Error & { code?: string }> {
  return failure(calls[call]!(options));
}

describe.each(allCalls)("%s", (call) => {
  test.each([
    ["ssl", "tls"],
    ["ssl_handshake_timeout", "tlsHandshakeTimeout"],
    ["ssl_shutdown_timeout", "tlsShutdownTimeout"],
    ["tls_handshake_timeout", "tlsHandshakeTimeout"],
    ["high_water_mark", "highWaterMark"],
    ["limt", "limit"],
    ["timeout", "signal: AbortSignal.timeout(milliseconds)"],
    ["ca", "tls: { ca }"],
    ["rejectUnauthorized", "tls: { rejectUnauthorized }"],
    ["allowHalfOpen", "no option: half-close is always allowed"],
    ["loop", "no option: there is one event loop"],
  ])("refuses the option %s, and says what to use", async (name, known) => {
    const error = await refusal(call, { [name]: true });
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({
      code: "ERR_INVALID_ARG_VALUE",
      message: `Unknown option: ${name}; use ${known}`,
    });
  });

  test("refuses an unknown option without a hint if it resembles no option", async () => {
    const error = await refusal(call, { zebra: 1 });
    expect(error.message).toBe("Unknown option: zebra");
  });

  test.each<[string, object]>([
    ["a limit of 0", { limit: 0 }],
    ["a limit of NaN", { limit: Number.NaN }],
    ["a limit of 1.5", { limit: 1.5 }],
    ["a highWaterMark of -1", { highWaterMark: -1 }],
  ])("refuses %s with RangeError", async (_, options) => {
    const error = await refusal(call, options);
    expect(error).toBeInstanceOf(RangeError);
    expect(error.code).toBe("ERR_OUT_OF_RANGE");
  });

  test.each<[string, object]>([
    ["a limit that is a string", { limit: "5" }],
    ["an invalid signal", { signal: {} }],
    ["tls that is a string", { tls: "yes" }],
    ["tls that is null", { tls: null }],
    ["tls that is an array", { tls: [] }],
  ])("refuses %s with TypeError", async (_, options) => {
    const error = await refusal(call, { serverHostname: undefined, ...options });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toMatch(/^ERR_INVALID_ARG_(TYPE|VALUE)$/);
  });

  test.each(["tlsHandshakeTimeout", "tlsShutdownTimeout"])(
    "refuses %s without tls",
    async (name) => {
      const error = await refusal(call, { [name]: 5 });
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({
        code: "ERR_INVALID_ARG_VALUE",
        message: `Cannot use ${name}: it needs the option tls`,
      });
    },
  );
});

describe.each(allCalls.filter((call) => !call.includes("{")))("%s", (call) => {
  test.each<[string, unknown]>([
    ["an array", []],
    ["a number", 5],
    ["null", null],
    ["a function", () => {}],
    ["a signal", new AbortController().signal],
  ])("refuses options that are %s", async (_, options) => {
    const error = await refusal(call, options as object);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toBe("ERR_INVALID_ARG_TYPE");
  });
});

describe.each(connecting)("%s", (call) => {
  test.each([
    ["server_hostname", "serverHostname"],
    ["servername", "serverHostname"],
  ])("refuses the option %s, and says what to use", async (name, known) => {
    expect((await refusal(call, { [name]: "x" })).message).toBe(
      `Unknown option: ${name}; use ${known}`,
    );
  });

  test("refuses serverHostname without tls", async () => {
    const error = await refusal(call, { serverHostname: "x", tls: false });
    expect(error.message).toBe("Cannot use serverHostname: it needs the option tls");
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
  });

  test("refuses a serverHostname that is not a string", async () => {
    const error = await refusal(call, { tls: true, serverHostname: 5 });
    expect(error.code).toBe("ERR_INVALID_ARG_TYPE");
  });

  test.each([
    ["host", "use the option serverHostname"],
    ["handshakeTimeout", "use the option tlsHandshakeTimeout"],
    ["timeout", "use the option signal, with AbortSignal.timeout()"],
    ["socket", "use openConnection({ socket })"],
  ])("refuses %s in the tls option, where it would be ignored", async (name, cure) => {
    const error = await refusal(call, { tls: { [name]: "x" }, serverHostname: "x" });
    expect(error.message).toBe(`Cannot use tls.${name}: ${cure}`);
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
  });
});

describe.each(connecting.slice(1))("%s", (call) => {
  test("refuses tls without a serverHostname", async () => {
    const error = await refusal(call, { tls: true });
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
    expect(error.message).toContain("serverHostname");
  });
});

describe.each(overTcp)("%s", (call) => {
  test.each<[string, object, string]>([
    ["keep_alive", {}, "keepAlive"],
    ["keepAliveInitialDelay", {}, "keepAlive"],
    ["path", {}, call === "startServer()" ? "startUnixServer()" : "openUnixConnection()"],
  ])("refuses the option %s, and says what to use", async (name, _, known) => {
    expect((await refusal(call, { [name]: 1 })).message).toBe(
      `Unknown option: ${name}; use ${known}`,
    );
  });

  test.each<[string, object]>([
    ["noDelay that is not a boolean", { noDelay: 1 }],
    ["keepAlive that is a string", { keepAlive: "yes" }],
  ])("refuses %s with TypeError", async (_, options) => {
    expect((await refusal(call, options)).code).toBe("ERR_INVALID_ARG_TYPE");
  });

  test("refuses a keepAlive of 0 with RangeError", async () => {
    expect(await refusal(call, { keepAlive: 0 })).toBeInstanceOf(RangeError);
  });
});

describe("openConnection()", () => {
  const refused = (options: ConnectOptions) => failure(openConnection("127.0.0.1", 1, options));

  test.each([
    ["local_addr", "localAddress and localPort"],
    ["happy_eyeballs_delay", "happyEyeballsDelay"],
    ["autoSelectFamily", "happyEyeballsDelay"],
    ["interleave", "happyEyeballsDelay"],
    ["host", "the first argument"],
    ["port", "the second argument"],
    ["sock", "openConnection({ socket })"],
    ["socket", "openConnection({ socket })"],
    ["flags", "lookup"],
  ])("refuses the option %s, and says what to use", async (name, known) => {
    const error = await refused({ [name]: 1 });
    expect(error.message).toBe(`Unknown option: ${name}; use ${known}`);
  });

  test.each<[string, ConnectOptions]>([
    ["localAddress that is a name", { localAddress: "localhost" }],
    ["lookup that is not a function", { lookup: "dns" as never }],
    ["an address that is not of the family", { family: 6 }],
  ])("refuses %s with TypeError", async (_, options) => {
    expect(await refused(options)).toBeInstanceOf(TypeError);
  });

  test.each<[string, ConnectOptions]>([
    ["a family of 5", { family: 5 as never }],
    ["a localPort of 65536", { localPort: 65_536 }],
    ["a happyEyeballsDelay of -1", { happyEyeballsDelay: -1 }],
    ["a tlsHandshakeTimeout of 0", { tls: true, tlsHandshakeTimeout: 0 }],
    ["a tlsShutdownTimeout of -1", { tls: true, tlsShutdownTimeout: -1 }],
    ["a tlsHandshakeTimeout that timers cannot hold", { tls: true, tlsHandshakeTimeout: 2 ** 31 }],
  ])("refuses %s with RangeError", async (_, options) => {
    expect(await refused(options)).toBeInstanceOf(RangeError);
  });

  test("accepts an instance of a class as options, accessors included", async () => {
    class Options {
      get limit(): number {
        return 0;
      }
    }
    expect(await refused(new Options())).toBeInstanceOf(RangeError);
  });

  test.each<[string, unknown, unknown]>([
    ["a host that is missing", undefined, 1],
    ["a host that is empty", "", 1],
    ["a port that is missing", "127.0.0.1", undefined],
    ["a port that is a string", "127.0.0.1", "80"],
  ])("refuses %s with TypeError", async (_, host, port) => {
    const error = await failure(openConnection(host as string, port as number));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toBe("ERR_INVALID_ARG_TYPE");
  });

  test.each([65_536, -1, 1.5])("refuses the port %d with RangeError", async (port) => {
    expect(await failure(openConnection("127.0.0.1", port))).toBeInstanceOf(RangeError);
  });
});

describe("openConnection({ socket })", () => {
  test.each<[string, unknown]>([
    ["neither a host nor a socket", {}],
    ["Node's host and port", { socket: new net.Socket(), host: "127.0.0.1", port: 1 }],
  ])("refuses %s with TypeError", async (_, options) => {
    const error = await failure(openConnection(options as AdoptOptions));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toMatch(/^ERR_INVALID_ARG_(TYPE|VALUE)$/);
  });

  test.each([5, {}])("refuses %o as a socket, and says what can be one", async (socket) => {
    const error = await failure(openConnection({ socket } as AdoptOptions));
    expect(error.message).toContain("Invalid socket: expected a net.Socket or another Duplex, got");
    expect(error.code).toBe("ERR_INVALID_ARG_TYPE");
  });

  test("refuses a host as well as a socket", async () => {
    const options = { socket: new net.Socket() } as never;
    const error = await failure(openConnection("127.0.0.1", 1, options));
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
  });

  test("refuses serverHostname on the server side", async () => {
    const socket = new net.Socket();
    const options = { socket, serverSide: true, serverHostname: "x", tls: { key: "", cert: "" } };
    const error = await failure(openConnection(options));
    expect(error.message).toContain("server side");
    expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
  });
});

describe("A server with { fd }", () => {
  test("refuses a port or further options", async () => {
    const given = { fd: 1_000_000 } as never;
    for (const call of [startServer(() => {}, given, 0), startUnixServer(() => {}, given, {})]) {
      const error = await failure(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.code).toBe("ERR_INVALID_ARG_VALUE");
    }
  });

  test.each([-1, 1.5, "3"])("refuses the descriptor %j", async (fd) => {
    const error = await failure(startServer(() => {}, { fd: fd as number }));
    expect(error.code).toMatch(/^ERR_(OUT_OF_RANGE|INVALID_ARG_TYPE)$/);
  });
});

describe("startServer()", () => {
  const refused = (options: object) => failure(startServer(() => {}, "127.0.0.1", 0, options));

  test.each([
    ["sock", "{ fd } as the second argument"],
    ["reuse_address", "no option: Node always sets it"],
    ["reuse_port", "reusePort"],
    ["start_serving", "startServing"],
    ["exclusive", "reusePort"],
    ["family", 'the host "0.0.0.0" or "::"'],
    ["port", "the third argument"],
    ["key", "tls: { key }"],
  ])("refuses the option %s, and says what to use", async (name, known) => {
    expect((await refused({ [name]: 1 })).message).toBe(`Unknown option: ${name}; use ${known}`);
  });

  test.each<[string, object]>([
    ["tls that is true", { tls: true }],
    ["onError that is not a function", { onError: 5 }],
    ["startServing that is not a boolean", { startServing: 1 }],
    ["reusePort that is not a boolean", { reusePort: 1 }],
    ["ipv6Only that is not a boolean", { ipv6Only: "no" }],
  ])("refuses %s with TypeError", async (_, options) => {
    expect((await refused(options)).code).toBe("ERR_INVALID_ARG_TYPE");
  });

  test("refuses a backlog of 0 with RangeError", async () => {
    expect(await refused({ backlog: 0 })).toBeInstanceOf(RangeError);
  });

  test("refuses a handler that is not a function, and invalid hosts", async () => {
    expect(await failure(startServer(5 as never, "127.0.0.1", 0))).toBeInstanceOf(TypeError);
    for (const host of [[], [""], 5, undefined] as never[]) {
      expect(await failure(startServer(() => {}, host, 0))).toBeInstanceOf(TypeError);
    }
  });

  test.each([
    ["handshakeTimeout", "use the option tlsHandshakeTimeout"],
    ["pauseOnConnect", "backpressure stops the peer"],
  ])("refuses %s in the tls option, where it would be ignored", async (name, cure) => {
    const error = await refused({ tls: { [name]: 5 } });
    expect(error.message).toBe(`Cannot use tls.${name}: ${cure}`);
  });

  test("refuses an invalid key with Node's error", async () => {
    const error = await refused({ tls: { key: "no key", cert: "no certificate" } });
    expect(error.code).toMatch(/^ERR_OSSL/);
  });
});
