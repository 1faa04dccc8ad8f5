import { getEventListeners } from "node:events";
import { CancelledError, RuntimeError } from "@aio/errors";
import { describe, expect, test } from "vitest";
import type { PairFactory, PairWriter } from "./pair.ts";
import { failureOf, isPending, pattern } from "./waiting.ts";

const clogSize = 24 * 1024 * 1024;
const clogPart = Buffer.alloc(1024 * 1024);

/** Write more than the system and both ends can buffer while the peer does not read. */
function clog(writer: PairWriter): void {
  for (let size = 0; size < clogSize; size += clogPart.length) writer.write(clogPart);
}

/** How an open StreamWriter behaves over any stream, as in asyncio. */
export function writerContract({ name, make }: PairFactory): void {
  describe(`StreamWriter over ${name}`, () => {
    test("sends text and bytes, small and large, in order", async () => {
      await using pair = await make();
      const large = pattern(100_000);
      pair.writer.write("é");
      pair.writer.write(large);
      pair.writer.write(new Uint16Array([0x6261]));
      pair.writer.write("");
      pair.writer.writelines(["x", new Uint8Array(0), large, "y"]);
      pair.writer.writeEof();
      const expected = Buffer.concat([Buffer.from("éab"), Buffer.from("x"), Buffer.from("y")]);
      const received = await pair.peer.receiveAll();
      expect(received.length).toBe(200_000 + expected.length);
      expect(String(received.subarray(0, 2))).toBe("é");
      expect(received.subarray(2, 100_002).equals(large)).toBe(true);
      expect(String(received.subarray(100_002, 100_005))).toBe("abx");
      expect(received.subarray(100_005, 200_005).equals(large)).toBe(true);
      expect(String(received.subarray(200_005))).toBe("y");
    });

    test("lets the caller reuse a small chunk once write() returns", async () => {
      await using pair = await make();
      const memory = Buffer.from("one ");
      pair.writer.write(memory);
      memory.write("two ");
      pair.writer.write(memory);
      memory.fill("-");
      expect(String(await pair.peer.receive(8))).toBe("one two ");
    });

    test("sends 30,000 small writes in order", async () => {
      await using pair = await make();
      let expected = "";
      for (let index = 0; index < 30_000; index++) {
        pair.writer.write(`${index},`);
        expected += `${index},`;
      }
      pair.writer.writeEof();
      expect(String(await pair.peer.receiveAll())).toBe(expected);
    });

    test("throws TypeError for anything but text or bytes", async () => {
      await using pair = await make();
      expect(() => pair.writer.write(5 as never)).toThrow(TypeError);
      expect(() => pair.writer.write({ length: 1 } as never)).toThrow(TypeError);
    });

    test("does not wait in drain() while there is room", async () => {
      await using pair = await make();
      pair.writer.write("a");
      let hasDrained = false;
      void pair.writer.drain().then(() => (hasDrained = true));
      await Promise.resolve();
      expect(hasDrained).toBe(true);
    });

    test("has needsDrain set exactly when drain() would wait", async () => {
      await using pair = await make();
      expect(pair.writer.needsDrain).toBe(false);
      clog(pair.writer);
      expect(pair.writer.needsDrain).toBe(true);
      await Promise.all([pair.peer.receive(clogSize), pair.writer.drain()]);
      expect(pair.writer.needsDrain).toBe(false);
    });

    test("lets the caller reuse any chunk once drain() resolves", async () => {
      await using pair = await make();
      const memory = Buffer.alloc(16_384);
      const relay = async (): Promise<void> => {
        for (let block = 0; block < 1000; block++) {
          memory.fill(block);
          pair.writer.write(memory.subarray(0, 4096 + block * 12));
          await pair.writer.drain();
        }
        pair.writer.writeEof();
      };
      const relaying = relay();
      // By then, the system's buffers are full.
      await isPending(relaying);
      const received = await pair.peer.receiveAll();
      await relaying;
      const expected = Buffer.concat(
        Array.from({ length: 1000 }, (_, block) => Buffer.alloc(4096 + block * 12, block)),
      );
      expect(received.equals(expected)).toBe(true);
    });

    test.each(["before", "after"])(
      "resolves a drain() called %s writeEof() once the peer has read",
      async (when) => {
        await using pair = await make();
        clog(pair.writer);
        const early = when === "before" ? pair.writer.drain() : undefined;
        pair.writer.writeEof();
        const drain = early ?? pair.writer.drain();
        expect(await isPending(drain)).toBe(true);
        expect((await pair.peer.receiveAll()).length).toBe(clogSize);
        await drain;
      },
    );

    // test_streams.StreamTests.test_multiple_drain
    test("resolves every pending drain() once the peer has read", async () => {
      await using pair = await make();
      clog(pair.writer);
      const drains = Array.from({ length: 10 }, () => pair.writer.drain());
      expect(await isPending(Promise.race(drains))).toBe(true);
      const receiving = pair.peer.receive(clogSize);
      await Promise.all(drains);
      await receiving;
    });

    test("rejects one drain() when its signal aborts, and still sends everything", async () => {
      await using pair = await make();
      clog(pair.writer);
      const controller = new AbortController();
      const first = pair.writer.drain(controller);
      const second = pair.writer.drain();
      const reason = new Error("enough");
      controller.abort(reason);
      await expect(first).rejects.toThrow(CancelledError);
      await expect(first).rejects.toHaveProperty("cause", reason);
      expect(getEventListeners(controller.signal, "abort").length).toBe(0);
      await pair.peer.receive(clogSize);
      await second;
      await expect(pair.writer.drain(controller)).rejects.toThrow(CancelledError);
    });

    // unemail#131: a drain that never settles
    test("rejects a waiting drain() when the peer vanishes, and every later one", async () => {
      await using pair = await make();
      clog(pair.writer);
      const drain = failureOf(pair.writer.drain());
      await pair.peer.vanish();
      expect(await drain).toHaveProperty("code", expect.stringMatching(/ECONN|EPIPE/));
      expect(await failureOf(pair.writer.drain())).toHaveProperty("code");
      expect(pair.writer.isClosing()).toBe(true);
      expect(await failureOf(pair.writer.waitClosed())).toHaveProperty("code");
    });

    // test_streams.StreamTests.test_drain_raises
    test("ends a loop of write() and drain() once the peer is gone", async () => {
      await using pair = await make();
      await pair.peer.vanish();
      const loop = async (): Promise<never> => {
        for (;;) {
          pair.writer.write("foo\n");
          await pair.writer.drain();
        }
      };
      expect(await failureOf(loop())).toHaveProperty("code");
    });

    test("ends only the output, and keeps reading", async () => {
      await using pair = await make();
      expect(pair.writer.canWriteEof()).toBe(true);
      pair.writer.write("request");
      pair.writer.writeEof();
      pair.writer.writeEof();
      expect(String(await pair.peer.receiveAll())).toBe("request");
      await pair.peer.send("reply");
      expect(String(await pair.reader.readexactly(5))).toBe("reply");
      expect(() => pair.writer.write("more")).toThrow(RuntimeError);
      expect(() => pair.writer.writelines(["more"])).toThrow(
        "Cannot call write() after writeEof()",
      );
    });

    // nodejs/node#49073: allowHalfOpen has no effect
    test("stays usable when the peer has ended its output", async () => {
      await using pair = await make();
      await pair.peer.end();
      expect((await pair.reader.read()).length).toBe(0);
      pair.writer.write("still here");
      await pair.writer.drain();
      expect(String(await pair.peer.receive(10))).toBe("still here");
    });
  });
}
