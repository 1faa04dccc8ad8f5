import { getEventListeners } from "node:events";
import type { LookupFunction } from "node:net";
import { CancelledError, TimeoutError } from "@aio/errors";
import {
  type ConnectOptions,
  type Server,
  type TcpAddress,
  openConnection,
  startServer,
} from "@aio/streams";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasProgram } from "./peers/program.ts";
import { Unanswering } from "./unanswering.ts";
import { failure, isPending, turn, until } from "./waiting.ts";

// On one port, 127.0.0.1 answers, 127.0.0.2 never answers, and 127.0.0.3 and ::1 refuse.
let silent: Unanswering;
let server: Server<TcpAddress>;
let port: number;

beforeAll(async () => {
  silent = await Unanswering.at("127.0.0.2");
  ({ port } = silent);
  server = await startServer(async (reader) => void (await reader.read()), "127.0.0.1", port);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await silent[Symbol.asyncDispose]();
});
afterEach(() =>
  until(() => !process.getActiveResourcesInfo().some((name) => name.startsWith("TCPSo"))),
);

function found(...addresses: string[]): LookupFunction {
  return (_host, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
}

async function peerOf(options: ConnectOptions): Promise<string | undefined> {
  await using connection = await openConnection("many.test", port, options);
  return connection.writer.getExtraInfo("peername")?.address;
}

describe.runIf(hasProgram("python3"))("openConnection() to a host with several addresses", () => {
  test("uses the first address if it answers", async () => {
    expect(await peerOf({ lookup: found("127.0.0.1", "127.0.0.3") })).toBe("127.0.0.1");
  });

  test("tries the next address at once when one fails", async () => {
    // With the delay, the test would time out.
    const options = { lookup: found("::1", "127.0.0.3", "127.0.0.1"), happyEyeballsDelay: 60_000 };
    expect(await peerOf(options)).toBe("127.0.0.1");
  });

  test("tries the next address after the delay if one does not answer", async () => {
    const started = performance.now();
    const lookup = found("127.0.0.2", "127.0.0.1");
    expect(await peerOf({ lookup, happyEyeballsDelay: 40 })).toBe("127.0.0.1");
    expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  });

  test("keeps trying a slow address while it tries others (node#54359)", async () => {
    // The system retries after a second; Node's own algorithm gives up each attempt after 250 ms.
    await using slow = await Unanswering.at("127.0.0.5", port);
    const lookup = found("127.0.0.5", "127.0.0.3", "::1");
    const connecting = peerOf({ lookup, happyEyeballsDelay: 10 });
    expect(await isPending(connecting)).toBe(true);
    slow.answer();
    expect(await connecting).toBe("127.0.0.5");
  });

  test("tries one address at a time with a delay of null", async () => {
    const lookup = found("127.0.0.2", "127.0.0.1");
    const options = { lookup, happyEyeballsDelay: null, signal: AbortSignal.timeout(60) };
    expect(await failure(peerOf(options))).toBeInstanceOf(TimeoutError);
    expect(await peerOf({ ...options, lookup: found("::1", "127.0.0.1"), signal: null })).toBe(
      "127.0.0.1",
    );
  });

  test("rejects with the error of the only address", async () => {
    const error = await failure(peerOf({ lookup: found("127.0.0.3") }));
    expect(error).not.toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ code: "ECONNREFUSED", address: "127.0.0.3", port });
  });

  test("rejects with an AggregateError of all errors, in the order of the addresses", async () => {
    const error = await failure(peerOf({ lookup: found("127.0.0.3", "127.0.0.4", "::1") }));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.code).toBe("ECONNREFUSED");
    const { errors } = error as AggregateError;
    // The families alternate, starting with that of the first address.
    expect(errors.map(({ address }) => address)).toEqual(["127.0.0.3", "::1", "127.0.0.4"]);
  });

  test("tries only addresses in the family of the local address", async () => {
    const lookup = found("::1", "127.0.0.1");
    expect(await peerOf({ lookup, localAddress: "127.0.0.9" })).toBe("127.0.0.1");
    expect(
      await failure(peerOf({ lookup: found("::1"), localAddress: "127.0.0.9" })),
    ).toBeInstanceOf(TypeError);
  });

  test("rejects with CancelledError, caused by the reason, when the signal aborts, and leaves nothing open", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const lookup = found("127.0.0.2", "127.0.0.2", "127.0.0.2");
    const error = failure(peerOf({ lookup, happyEyeballsDelay: 0, signal }));
    await turn();
    controller.abort("enough");
    expect(await error).toBeInstanceOf(CancelledError);
    expect((await error).cause).toBe("enough");
    expect(getEventListeners(signal, "abort")).toEqual([]);
    await turn();
    expect(process.getActiveResourcesInfo()).not.toContain("TCPSocketWrap");
    expect(process.getActiveResourcesInfo()).not.toContain("TCPConnectWrap");
  });

  test("does not look up the host if the signal has already aborted", async () => {
    let lookups = 0;
    const lookup = (): void => void (lookups += 1);
    const error = await failure(peerOf({ lookup, signal: AbortSignal.abort("enough") }));
    expect(error).toMatchObject({ name: "AbortError", cause: "enough" });
    expect(lookups).toBe(0);
  });

  test("rejects with CancelledError when the signal aborts during the lookup", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const error = failure(peerOf({ lookup: () => {}, signal }));
    controller.abort("enough");
    expect((await error).cause).toBe("enough");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test.each([
    ["address", null],
    ["error", new Error("broken")],
  ])("drops an %s that the lookup answers with after the signal has aborted", async (_, broken) => {
    const answers: (() => void)[] = [];
    const lookup: LookupFunction = (_host, _options, callback) =>
      void answers.push(() => callback(broken, "127.0.0.1", 4));
    const controller = new AbortController();
    const error = failure(peerOf({ lookup, signal: controller.signal }));
    await until(() => answers.length > 0);
    controller.abort("enough");
    for (const answer of answers) answer();
    expect(await error).toBeInstanceOf(CancelledError);
    expect((await error).cause).toBe("enough");
    await turn();
    expect(process.getActiveResourcesInfo()).not.toContain("TCPSocketWrap");
    expect(process.getActiveResourcesInfo()).not.toContain("TCPConnectWrap");
  });

  test("rejects with the lookup's error, and with ENOTFOUND if the lookup finds nothing", async () => {
    const broken = new Error("broken");
    expect(await failure(peerOf({ lookup: (_h, _o, callback) => callback(broken, "") }))).toBe(
      broken,
    );
    expect((await failure(peerOf({ lookup: found() }))).code).toBe("ENOTFOUND");
    const odd = await failure(peerOf({ lookup: found("nonsense") }));
    expect(odd).toBeInstanceOf(TypeError);
  });

  test("accepts a lookup that answers with one address", async () => {
    expect(await peerOf({ lookup: (_h, _o, callback) => callback(null, "127.0.0.1", 4) })).toBe(
      "127.0.0.1",
    );
  });
});
