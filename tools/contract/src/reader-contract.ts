import { CancelledError, IncompleteReadError, LimitOverrunError, RuntimeError } from "@aio/errors";
import { describe, expect, test } from "vitest";
import type { PairFactory, Peer } from "./pair.ts";
import { isPending, pattern, until } from "./waiting.ts";

// More than the system buffers, so a sender has to wait for the reader.
const moreThanAnyBuffer = 24 * 1024 * 1024;

/** How a StreamReader behaves over any stream, as in asyncio. */
export function readerContract({ name, make }: PairFactory): void {
  describe(`StreamReader over ${name}`, () => {
    test("reads what has arrived, without waiting for more", async () => {
      await using pair = await make();
      const read = pair.reader.read(100);
      await pair.peer.send("hello");
      expect(String(await read)).toBe("hello");
    });

    test("reads exactly the requested size, however the chunks are split", async () => {
      await using pair = await make();
      const read = pair.reader.readexactly(10);
      for (const piece of ["012", "345", "6789ab"]) await pair.peer.send(piece);
      expect(String(await read)).toBe("0123456789");
      expect(String(await pair.reader.readexactly(2))).toBe("ab");
    });

    test("reads lines, up to separators, and to the end", async () => {
      await using pair = await make();
      await pair.peer.send("line\nkey: value\r\n\r\nbody");
      await pair.peer.end();
      expect(String(await pair.reader.readline())).toBe("line\n");
      expect(String(await pair.reader.readuntil("\r\n\r\n"))).toBe("key: value\r\n\r\n");
      expect(String(await pair.reader.read())).toBe("body");
      expect(pair.reader.atEof()).toBe(true);
      expect(String(await pair.reader.read())).toBe("");
    });

    test("iterates over lines, and continues after a loop that stopped early", async () => {
      await using pair = await make();
      await pair.peer.send("a\nb\nc\nd");
      await pair.peer.end();
      const seen: string[] = [];
      for await (const line of pair.reader) {
        seen.push(String(line));
        if (seen.length === 2) break;
      }
      for await (const line of pair.reader.lines()) seen.push(line);
      expect(seen).toEqual(["a\n", "b\n", "c", "d"]);
    });

    test("rejects with the partial data when the input ends too early", async () => {
      await using pair = await make();
      const read = pair.reader.readexactly(10);
      await pair.peer.send("abc");
      await pair.peer.end();
      await expect(read).rejects.toThrow(IncompleteReadError);
      await expect(read).rejects.toMatchObject({ partial: Buffer.from("abc"), expected: 10 });
    });

    test("rejects a line longer than the limit", async () => {
      await using pair = await make({ limit: 100 });
      await pair.peer.send("x".repeat(5000));
      await expect(pair.reader.readline()).rejects.toThrow(LimitOverrunError);
    });

    test("rejects a second call that has to wait, and answers the first", async () => {
      await using pair = await make();
      const first = pair.reader.readline();
      await expect(pair.reader.readline()).rejects.toThrow(RuntimeError);
      await pair.peer.send("line\n");
      expect(String(await first)).toBe("line\n");
    });

    test("loses nothing when calls are aborted, not even a read to the end", async () => {
      await using pair = await make();
      const controller = new AbortController();
      const all = pair.reader.read(-1, controller);
      await pair.peer.send("abc");
      await until(() => pair.reader.bufferedLength === 3);
      controller.abort();
      await expect(all).rejects.toThrow(CancelledError);
      await expect(pair.reader.readline({ signal: controller.signal })).rejects.toThrow(
        CancelledError,
      );
      await pair.peer.send("def\n");
      expect(String(await pair.reader.readline())).toBe("abcdef\n");
    });

    test("reads into the caller's memory", async () => {
      await using pair = await make();
      const target = Buffer.alloc(4);
      const read = pair.reader.readinto(target);
      await pair.peer.send("abcdef");
      expect(await read).toBe(4);
      expect(String(target)).toBe("abcd");
      expect(await pair.reader.readinto(target)).toBe(2);
    });

    test("returns what is buffered without waiting", async () => {
      await using pair = await make();
      expect(pair.reader.readlineNowait()).toBeNull();
      await pair.peer.send("a\nb");
      await until(() => pair.reader.bufferedLength === 3);
      expect(String(pair.reader.readlineNowait())).toBe("a\n");
      expect(pair.reader.readlineNowait()).toBeNull();
    });

    test.each(["toReadable", "toWeb"] as const)(
      "returns what follows the first chunk of %s() if iteration stops there",
      async (how) => {
        await using pair = await make();
        const got: Buffer[] = [];
        for await (const chunk of takeFirst(pair.reader[how](), pair.peer)) got.push(chunk);
        await pair.peer.end();
        got.push(await pair.reader.read());
        expect(String(Buffer.concat(got))).toBe("first, second, third");
      },
    );

    test("returns every byte of a large input in order, in pieces of any size", async () => {
      await using pair = await make({ limit: 1000 });
      const sent = pattern(3_000_000);
      const sending = pair.peer.send(sent).then(() => pair.peer.end());
      const pieces: Buffer[] = [];
      for (let size = 1; ; size = (size * 7) % 100_003) {
        const piece = await pair.reader.read(size);
        if (piece.length === 0) break;
        pieces.push(piece);
      }
      await sending;
      expect(Buffer.concat(pieces).equals(sent)).toBe(true);
    });

    test("can wait for more than twice its limit", async () => {
      await using pair = await make({ limit: 10 });
      const sent = pattern(1_000_000);
      const read = pair.reader.readexactly(sent.length);
      await pair.peer.send(sent);
      expect((await read).equals(sent)).toBe(true);
    });

    test("applies backpressure to a peer that sends more than is read, and then gets everything", async () => {
      await using pair = await make({ limit: 1000 });
      const sent = pattern(moreThanAnyBuffer);
      const sending = pair.peer.send(sent).then(() => pair.peer.end());
      expect(await isPending(sending)).toBe(true);
      // Twice the limit, plus the chunk that exceeded it.
      expect(pair.reader.bufferedLength).toBeLessThanOrEqual(2000 + 65_536);
      const received = await pair.reader.read();
      await sending;
      expect(received.equals(sent)).toBe(true);
    });
  });
}

// Yields the first chunk of a stream. The peer sends more before the stream is destroyed.
async function* takeFirst(
  stream: AsyncIterable<Uint8Array | string>,
  peer: Peer,
): AsyncGenerator<Buffer> {
  const sending = peer.send("first, ");
  for await (const chunk of stream) {
    await sending;
    yield Buffer.from(chunk as Uint8Array);
    await peer.send("second, ");
    await peer.send("third");
    await isPending(new Promise(() => {}));
    return;
  }
}
