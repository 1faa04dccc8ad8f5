import { describe, expect, test, vi } from "vitest";
import type { PairFactory } from "./pair.ts";
import { isPending, until } from "./waiting.ts";

/**
 * How long a writer may take to close.
 *
 * A package captures its timers when it loads. So a file with this contract installs fake ones first,
 * in `vi.hoisted()`, and keeps them.
 */
export function timeContract({ name, make, isOneConnection }: PairFactory): void {
  describe(`StreamWriter, disposed of, over ${name}`, () => {
    test("aborts after 30 seconds if the peer does not read", async () => {
      await using pair = await make();
      vi.clearAllTimers();
      pair.writer.write(Buffer.alloc(24 << 20));
      const disposal = pair.writer[Symbol.asyncDispose]();
      vi.advanceTimersByTime(29_999);
      expect(await isPending(disposal)).toBe(true);
      vi.advanceTimersByTime(1);
      await disposal;
      expect(vi.getTimerCount()).toBe(0);
    });

    test("leaves no timer running", async () => {
      await using pair = await make();
      vi.clearAllTimers();
      const disposal = pair.writer[Symbol.asyncDispose]();
      await pair.peer.receiveAll();
      await pair.peer.end();
      await disposal;
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  if (!isOneConnection) return;
  describe(`StreamWriter.close(), of both directions of ${name},`, () => {
    test.each([
      ["", false],
      [", also after writeEof()", true],
    ])("lingers for 500 ms if the peer does not end its output%s", async (_, isHalfClosed) => {
      await using pair = await make();
      vi.clearAllTimers();
      pair.writer.write("the end");
      if (isHalfClosed) {
        pair.writer.writeEof();
        await until(() => pair.writer.socket.writableFinished);
      }
      pair.writer.close();
      expect(String(await pair.peer.receiveAll())).toBe("the end");
      const closed = pair.writer.waitClosed();
      await until(() => vi.getTimerCount() > 0);
      vi.advanceTimersByTime(499);
      expect(await isPending(closed)).toBe(true);
      vi.advanceTimersByTime(1);
      await closed;
      expect(vi.getTimerCount()).toBe(0);
    });
  });
}
