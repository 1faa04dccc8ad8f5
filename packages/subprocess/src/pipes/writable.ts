import type { Writable } from "node:stream";
import type { WritableStream as WebStream } from "node:stream/web";
import { builtin } from "../platform.ts";

type Data = string | ArrayBufferView;

/** A writer as its adapters use it. */
export interface AdaptedWriter {
  write(data: Data): void;
  drain(): Promise<void>;
  writeEof(): void;
  waitClosed(): Promise<void>;
  abort(): void;
}

/** A Node stream that writes to `writer`. */
export function writableOver(writer: AdaptedWriter): Writable {
  return new (builtin("stream").Writable)({
    decodeStrings: false,
    write(chunk: Data, encoding, callback) {
      const isText = typeof chunk === "string";
      try {
        writer.write(isText && encoding !== "utf8" ? Buffer.from(chunk, encoding) : chunk);
      } catch (error) {
        // Node calls write() later for a queued chunk: an error thrown then would be uncaught.
        callback(error as Error);
        return;
      }
      settle(writer.drain(), callback);
    },
    final(callback) {
      settle(endOf(writer), callback);
    },
    destroy(error, callback) {
      if (!this.writableFinished) writer.abort();
      callback(error);
    },
  });
}

/** A web stream that writes to `writer`. */
export function webWritableOver(writer: AdaptedWriter): WebStream<Data> {
  return new WritableStream<Data>({
    write(chunk) {
      writer.write(chunk);
      return writer.drain();
    },
    close: () => endOf(writer),
    abort: () => writer.abort(),
  });
}

// Finishes when everything is sent, so a failure of the last chunk is reported.
function endOf(writer: AdaptedWriter): Promise<void> {
  writer.writeEof();
  return writer.waitClosed();
}

function settle(promise: Promise<void>, tell: (error?: Error | null) => void): void {
  promise.then(() => tell(), tell);
}
