import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { CancelledError } from "@aio/errors";
import { describe, expect, test } from "vitest";
import type { PairFactory } from "./pair.ts";
import { isPending, pattern, until } from "./waiting.ts";

/** How streams close, as in asyncio. */
export function closingContract(factory: PairFactory): void {
  const { name, make, isOneConnection } = factory;
  if (isOneConnection) connectionContract(factory);
  describe(`StreamWriter.close() over ${name}`, () => {
    test("sends what was written before it", async () => {
      await using pair = await make();
      const sent = pattern(3_000_000);
      pair.writer.write(sent.subarray(0, 10));
      pair.writer.write(sent.subarray(10));
      pair.writer.close();
      expect((await pair.peer.receiveAll()).equals(sent)).toBe(true);
      await pair.peer.end();
      await pair.writer.waitClosed();
    });

    test("drops later writes, and may be called again", async () => {
      await using pair = await make();
      pair.writer.write("before");
      expect(pair.writer.isClosing()).toBe(false);
      pair.writer.close();
      pair.writer.close();
      expect(pair.writer.isClosing()).toBe(true);
      pair.writer.write("after");
      expect(String(await pair.peer.receiveAll())).toBe("before");
    });

    // test_streams.StreamTests.test_async_writer_api_exception_after_close
    test("makes drain() reject", async () => {
      await using pair = await make();
      pair.writer.close();
      pair.writer.write("data");
      await expect(pair.writer.drain()).rejects.toHaveProperty("code", "ECONNRESET");
    });

    // test_streams.StreamTests.test_wait_closed_on_close_with_unread_data
    test("closes even if input is unread", async () => {
      await using pair = await make();
      await pair.peer.send("read this\nand not this");
      expect(String(await pair.reader.readline())).toBe("read this\n");
      pair.writer.close();
      await pair.peer.receiveAll();
      await pair.peer.end();
      await pair.writer.waitClosed();
    });
  });

  describe(`StreamWriter.waitClosed() over ${name}`, () => {
    // test_streams.StreamTests.test_wait_closed_on_close
    test("waits for the end of the connection, before and after close()", async () => {
      await using pair = await make();
      const before = pair.writer.waitClosed();
      expect(await isPending(before)).toBe(true);
      pair.writer.close();
      const after = pair.writer.waitClosed();
      await pair.peer.receiveAll();
      await pair.peer.end();
      await Promise.all([before, after]);
      await pair.writer.waitClosed();
    });

    test("rejects with CancelledError, caused by the reason, when its signal aborts; other waits continue", async () => {
      await using pair = await make();
      const controller = new AbortController();
      const first = pair.writer.waitClosed(controller);
      const second = pair.writer.waitClosed();
      const reason = new Error("enough");
      controller.abort(reason);
      for (const aborted of [first, pair.writer.waitClosed(controller)]) {
        await expect(aborted).rejects.toThrow(CancelledError);
        await expect(aborted).rejects.toHaveProperty("cause", reason);
      }
      expect(getEventListeners(controller.signal, "abort").length).toBe(0);
      expect(pair.writer.isClosing()).toBe(false);
      pair.writer.close();
      await pair.peer.end();
      await second;
    });
  });

  describe(`StreamWriter[Symbol.asyncDispose]() over ${name}`, () => {
    test("closes the writer, and sends what was written", async () => {
      await using pair = await make();
      const receiving = pair.peer.receiveAll().then(async (received) => {
        await pair.peer.end();
        return received;
      });
      {
        await using writer = pair.writer;
        writer.write("last words");
      }
      expect(pair.writer.isClosing()).toBe(true);
      expect(String(await receiving)).toBe("last words");
    });

    test("does not reject if data cannot be sent", async () => {
      await using pair = await make();
      pair.writer.write(Buffer.alloc(5_000_000));
      await pair.peer.vanish();
      await pair.writer[Symbol.asyncDispose]();
      expect(pair.writer.isClosing()).toBe(true);
    });
  });

  // nodejs/help#1807: a reset without an error listener ends the program
  describe(`A peer that vanishes, over ${name}`, () => {
    test("causes neither an uncaught error nor an unhandled rejection, whether or not a call waits", async () => {
      await using pair = await make();
      const uncaught: unknown[] = [];
      const note = (error: unknown): void => void uncaught.push(error);
      process.on("unhandledRejection", note);
      process.on("uncaughtException", note);
      try {
        pair.writer.write(Buffer.alloc(1_000_000));
        await pair.peer.vanish();
        // js-promise-socket#64: this read never settles
        await pair.reader.read().catch(() => undefined);
        await until(() => pair.writer.isClosing() || !isOneConnection);
        pair.writer.write("too late");
        expect(await isPending(Promise.resolve())).toBe(false);
        expect(uncaught).toEqual([]);
      } finally {
        process.off("unhandledRejection", note);
        process.off("uncaughtException", note);
      }
    });
  });
}

// How close() affects the input of a connection.
function connectionContract({ name, make }: PairFactory): void {
  describe(`StreamWriter.close(), in both directions of ${name},`, () => {
    // Closing a socket with unread input resets the connection.
    test("sends what was written, whatever the peer sends", async () => {
      await using pair = await make({ limit: 1000 });
      const sent = pattern(3_000_000);
      const sending = pair.peer.send(pattern(1_000_000));
      await until(() => pair.reader.bufferedLength > 2000);
      pair.writer.write(sent);
      pair.writer.close();
      expect((await pair.peer.receiveAll()).equals(sent)).toBe(true);
      await pair.peer.vanish();
      await sending;
      await pair.writer.waitClosed().catch(() => undefined);
    });

    // The signal of a server and its reads closes the connection first, and then rejects the read.
    test("still drops the peer's input if a read that waits for it is aborted next", async () => {
      await using pair = await make({ limit: 1000 });
      const controller = new AbortController();
      const read = pair.reader.read(-1, controller);
      const sending = pair.peer.send(pattern(16_000_000));
      await until(() => pair.reader.bufferedLength > 2000);
      const sent = pattern(16_000_000);
      pair.writer.write(sent);
      pair.writer.close();
      controller.abort();
      await expect(read).rejects.toThrow(CancelledError);
      // The peer receives nothing until everything is taken from it.
      await sending;
      expect((await pair.peer.receiveAll()).equals(sent)).toBe(true);
      await pair.peer.end();
      await pair.writer.waitClosed();
    });

    // RFC 9112, section 9.6
    test("sends what was written, even if input arrives after all output is handed to the system", async () => {
      await using pair = await make();
      const sent = pattern(200_000);
      pair.writer.write(sent);
      pair.writer.close();
      await until(() => inspect(pair.writer).includes("<0 bytes to send"));
      await isPending(new Promise(() => {}));
      await pair.peer.send("one more request");
      await isPending(new Promise(() => {}));
      expect((await pair.peer.receiveAll()).equals(sent)).toBe(true);
      await pair.peer.end();
      await pair.writer.waitClosed();
    });

    // test_streams.StreamTests.test_eof_feed_when_closing_writer
    test("ends a waiting read, as if the peer had ended its output", async () => {
      await using pair = await make();
      const read = pair.reader.read();
      const writing = pair.writer.waitClosed();
      pair.writer.close();
      expect((await read).length).toBe(0);
      await pair.peer.end();
      await writing;
      expect(pair.reader.atEof()).toBe(true);
      expect((await pair.reader.read()).length).toBe(0);
    });

    test("leaves the bytes that have arrived for the reader", async () => {
      await using pair = await make();
      await pair.peer.send("kept\nrest");
      await until(() => pair.reader.bufferedLength === 9);
      pair.writer.close();
      await pair.peer.end();
      await pair.writer.waitClosed();
      expect(String(await pair.reader.readline())).toBe("kept\n");
      expect(String(await pair.reader.read())).toBe("rest");
    });
  });
}
