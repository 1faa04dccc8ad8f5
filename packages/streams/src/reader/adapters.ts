import { createRequire } from "node:module";
import type * as stream from "node:stream";
import type { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import type { WaitOptions } from "@aio/errors";
import { ByteBuffer } from "./byte-buffer.ts";

// Both streams take bytes from the reader only on demand. Bytes that a stream has taken but not
// delivered when it is destroyed go back to the reader, so none is lost.
const pieceSize = 65_536;

export interface AdaptedReader {
  read(size: number, options: WaitOptions): Promise<Buffer>;
  readinto(target: NodeJS.ArrayBufferView, options: WaitOptions): Promise<number>;
}

/** A Node stream of the reader's bytes. `unread` puts bytes back at the front of its buffer. */
export function readableOf(reader: AdaptedReader, unread: (bytes: Buffer) => void): Readable {
  // Loaded at first use: importing it takes 1.5 ms, a quarter of the whole package's import.
  const { Readable } = createRequire(process.execPath)("node:stream") as typeof stream;
  const destroyed = new AbortController();
  const pushed = new ByteBuffer();
  let reading: Promise<void> | undefined;
  const forgetAllBut = (size: number): void => {
    if (pushed.length > size) pushed.shift(pushed.length - size);
  };
  return new Readable({
    highWaterMark: 0,
    read() {
      const onBytes = (bytes: Buffer): void => {
        reading = undefined;
        if (destroyed.signal.aborted) return unread(bytes);
        forgetAllBut(this.readableLength);
        if (bytes.length > 0) pushed.append(bytes);
        this.push(bytes.length > 0 ? bytes : null);
      };
      reading = reader.read(pieceSize, destroyed).then(onBytes, (e: Error) => void this.destroy(e));
    },
    async destroy(error, callback) {
      destroyed.abort();
      // The bytes of a read that was just answered follow these, so they are put back first.
      if (reading !== undefined) await reading;
      // A stream that decodes counts characters, so how many bytes it holds is unknown.
      if (this.readableEncoding === null) {
        forgetAllBut(this.readableLength);
        unread(pushed.shift(pushed.length));
      }
      callback(error);
    },
  });
}

export function webReadableOf(
  reader: AdaptedReader,
  unread: (bytes: Buffer) => void,
): WebStream<Uint8Array> {
  const cancelled = new AbortController();
  return new ReadableStream({
    // Bytes are copied: a stream transfers its memory, which other results of the reader may share.
    type: "bytes",
    autoAllocateChunkSize: pieceSize,
    async pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view;
      if (!request || !view) return;
      const size = await reader.readinto(view as Uint8Array, cancelled);
      if (cancelled.signal.aborted) {
        unread(Buffer.from(view.buffer.slice(view.byteOffset, view.byteOffset + size)));
        return;
      }
      if (size === 0) controller.close();
      request.respond(size);
    },
    cancel: () => cancelled.abort(),
  });
}
