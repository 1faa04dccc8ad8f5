import type { Writable } from "node:stream";
import type { WritableStream as WebStream } from "node:stream/web";
import { builtin } from "../platform.ts";

type Data = string | ArrayBufferView;

/** What the adapters of a writer use of it. */
export interface AdaptedWriter {
  write(data: Data): void;
  drain(): Promise<void>;
  writeEof(): void;
  waitClosed(): Promise<void>;
  abort(): void;
}

/** A Node stream that writes to `writer`. */
export function writableOf(writer: AdaptedWriter): Writable {
  const writable = new (builtin("stream").Writable)({
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
  // Reports the end of the pipe even while the source has nothing to write.
  const onClose = (): void => {
    if (!writable.writableEnded) writable.destroy();
  };
  writer.waitClosed().then(onClose, (error: Error) => writable.destroy(error));
  return writable;
}

/** A web stream that writes to `writer`. */
export function webWritableOf(writer: AdaptedWriter): WebStream<Data> {
  let isEnding = false;
  return new WritableStream<Data>({
    start(controller) {
      const onClose = (): void => {
        if (isEnding) return;
        const error = new Error("Cannot write to the pipe: it is closed");
        controller.error(Object.assign(error, { code: "ERR_STREAM_PREMATURE_CLOSE" }));
      };
      writer.waitClosed().then(onClose, (error: unknown) => controller.error(error));
    },
    write(chunk) {
      writer.write(chunk);
      return writer.drain();
    },
    close() {
      isEnding = true;
      return endOf(writer);
    },
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
