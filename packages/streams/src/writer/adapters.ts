import { invalidArgumentType } from "@aio/errors";
import { Duplex, Writable } from "node:stream";
import type { WritableStream as WebStream } from "node:stream/web";

import type { Data, StreamWriter } from "./stream-writer.ts";

/** What a transport can own: a Duplex, whose input has ended if `target` has none. */
export function duplexOf(target: Writable | WebStream): Duplex {
  if (target instanceof Duplex) return target;
  if (target instanceof Writable) return Duplex.from({ writable: target });
  if (typeof target === "object" && target !== null && "getWriter" in target) {
    return Duplex.from({ writable: Writable.fromWeb(target) });
  }
  throw invalidArgumentType("target", "a Writable or a WritableStream", target);
}

/** A Node stream that writes to `writer`. */
export function writableOf(writer: StreamWriter): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: Data, encoding, callback) {
      const isText = typeof chunk === "string";
      try {
        writer.write(isText && encoding !== "utf8" ? Buffer.from(chunk, encoding) : chunk);
      } catch (error) {
        // Whatever is thrown here for a chunk that had to wait is an uncaught exception.
        callback(error as Error);
        return;
      }
      whenDone(writer.drain(), callback);
    },
    final(callback) {
      writer.writeEof();
      callback();
    },
    destroy(error, callback) {
      if (error !== null) writer.abort();
      callback(error);
    },
  });
}

/** A web stream that writes to `writer`. */
export function webStreamOf(writer: StreamWriter): WebStream<Data> {
  return new WritableStream<Data>({
    write(chunk) {
      writer.write(chunk);
      return writer.drain();
    },
    close: () => writer.writeEof(),
    abort: () => writer.abort(),
  });
}

function whenDone(promise: Promise<void>, tell: (error?: Error | null) => void): void {
  promise.then(() => tell(), tell);
}
