import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { WritableStream } from "node:stream/web";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { PairFactory, PairWriter } from "./pair.ts";
import { failureOf, isPending } from "./waiting.ts";

const largeSize = 24 * 1024 * 1024;

/** Write until the system takes no more. What remains is too little for drain() to wait. */
async function fill(writer: PairWriter): Promise<number> {
  const text = "x".repeat(30_000);
  let size = 0;
  do {
    writer.write(text);
    size += text.length;
    writer.flush();
  } while (await takesAll(writer));
  expect(writer.needsDrain).toBe(false);
  return size;
}

// Deno takes some turns of its event loop for a write that the system accepts at once.
async function takesAll(writer: PairWriter): Promise<boolean> {
  for (let round = 0; round < 10; round += 1) {
    await isPending(new Promise(() => {}));
    if (inspect(writer).includes("<0 bytes to send")) return true;
  }
  return false;
}

/** How a StreamWriter behaves as a Node or web stream. */
export function writerAdaptersContract({ name, make }: PairFactory): void {
  describe(`StreamWriter as a Node or web stream, over ${name},`, () => {
    const pipes = {
      "toWritable()": (source: Readable, writer: PairWriter) =>
        pipeline(source, writer.toWritable()),
      "toWeb()": (source: Readable, writer: PairWriter) =>
        Readable.toWeb(source).pipeTo(writer.toWeb() as WritableStream),
    };
    const all = Object.entries(pipes);

    test.each(all)("%s finishes once everything is sent", async (_, pipe) => {
      await using pair = await make();
      const before = await fill(pair.writer);
      const piping = pipe(Readable.from([Buffer.from("end")]), pair.writer);
      expect(await isPending(piping)).toBe(true);
      const received = await pair.peer.receiveAll();
      expect(received.length).toBe(before + 3);
      await piping;
    });

    test.each(all)("%s fails if its last chunk cannot be sent", async (_, pipe) => {
      await using pair = await make();
      await fill(pair.writer);
      const piping = failureOf(pipe(Readable.from([Buffer.from("end")]), pair.writer));
      await isPending(piping);
      await pair.peer.vanish();
      expect(await piping).toHaveProperty("code", expect.stringMatching(/ECONN|EPIPE/));
    });

    test.each(all)("%s ends an idle source when the connection closes", async (_, pipe) => {
      await using pair = await make();
      const idle = new Readable({ read() {} });
      const piping = failureOf(pipe(idle, pair.writer));
      expect(await isPending(piping)).toBe(true);
      pair.writer.close();
      await pair.peer.receiveAll();
      await pair.peer.end();
      expect(await piping).toHaveProperty("code", "ERR_STREAM_PREMATURE_CLOSE");
      expect(idle.destroyed).toBe(true);
    });

    test.each(all)("%s fails if the connection is closed already", async (_, pipe) => {
      await using pair = await make();
      pair.writer.abort();
      await pair.writer.waitClosed();
      const idle = new Readable({ read() {} });
      const failure = await failureOf(pipe(idle, pair.writer));
      expect(failure).toHaveProperty("code", "ERR_STREAM_PREMATURE_CLOSE");
    });

    test("toWritable() no longer uses a chunk once it calls back", async () => {
      await using pair = await make();
      const writable = pair.writer.toWritable();
      const memory = Buffer.alloc(largeSize, "a");
      const written = new Promise<unknown>((resolve) => {
        writable.write(memory, resolve);
      });
      expect(await isPending(written)).toBe(true);
      const received = pair.peer.receive(largeSize);
      await written;
      memory.fill("b");
      expect((await received).equals(Buffer.alloc(largeSize, "a"))).toBe(true);
    });
  });
}
