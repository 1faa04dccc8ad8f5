import { Duplex, Writable, finished } from "node:stream";
import type { WritableStream as WebStream } from "node:stream/web";
import { type WaitOptions, invalidArgumentType } from "@aio/errors";

type Data = string | ArrayBufferView;

/** What the adapters of a writer use of it. */
export interface AdaptedWriter {
  write(data: Data): void;
  drain(): Promise<void>;
  writeEof(): void;
  abort(): void;
  waitClosed(options?: WaitOptions): Promise<void>;
}

/**
 * A Node stream that writes to `writer`.
 *
 * @param waitForFinish - Resolves when everything is sent, the end of the output included.
 */
export function writableOf(writer: AdaptedWriter, waitForFinish: () => Promise<void>): Writable {
  const destroyed = new AbortController();
  const writable = new Writable({
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
      // After the callback, the caller may reuse the chunk's memory, as Node promises.
      whenDone(writer.drain(), callback);
    },
    final(callback) {
      writer.writeEof();
      whenDone(waitForFinish(), callback);
    },
    destroy(error, callback) {
      destroyed.abort();
      if (error !== null) writer.abort();
      callback(error);
    },
  });
  // A source that has nothing to write at the moment must learn of the end of the connection, too.
  const onClose = (): void => {
    if (!writable.writableEnded) writable.destroy();
  };
  writer.waitClosed(destroyed).then(onClose, (error: Error) => writable.destroy(error));
  return writable;
}

/** A web stream that writes to `writer`. */
export function webWritableOf(
  writer: AdaptedWriter,
  waitForFinish: () => Promise<void>,
): WebStream<Data> {
  let isEnding = false;
  return new WritableStream<Data>({
    start(controller) {
      const onClose = (): void => {
        if (!isEnding) controller.error(connectionClosed());
      };
      writer.waitClosed().then(onClose, (error: unknown) => controller.error(error));
    },
    write(chunk) {
      writer.write(chunk);
      return writer.drain();
    },
    close() {
      isEnding = true;
      writer.writeEof();
      return waitForFinish();
    },
    abort: () => writer.abort(),
  });
}

function connectionClosed(): Error {
  const error = new Error("Cannot write to the connection: it is closed");
  return Object.assign(error, { code: "ERR_STREAM_PREMATURE_CLOSE" });
}

function whenDone(promise: Promise<void>, tell: (error?: Error | null) => void): void {
  promise.then(() => tell(), tell);
}

/** The Duplex that a transport writes to, over a stream that the caller owns. */
export function outputTo(target: Writable | WebStream): Duplex {
  if (typeof target === "object" && target !== null) {
    // An HTTP request or response is not an instance of Writable, but has all of its members.
    if ("writableLength" in target) return outputOver(target);
    if ("getWriter" in target) return outputOver(Writable.fromWeb(target));
  }
  throw invalidArgumentType("target", "a Writable or a WritableStream", target);
}

// The caller's Duplex, by the output that outputOver() made over it.
const targets = new WeakMap<Duplex, Duplex>();

// Only the writable side of a stream. The readable side of a Duplex belongs to the caller: it is never
// read here, and stays open when the output ends.
function outputOver(target: Writable): Duplex {
  let isFinished = false;
  const { writableHighWaterMark } = target;
  const output = new Duplex({
    // Node documents `readable`; its types lack it.
    ...({ readable: false } as object),
    writableHighWaterMark,
    write(chunk, _encoding, callback) {
      // Called later for a queued chunk: an error thrown then would be uncaught.
      try {
        target.write(chunk, callback);
      } catch (error) {
        callback(error as Error);
      }
    },
    final(callback) {
      finished(target, { readable: false }, callback);
      target.end();
    },
    destroy(error, callback) {
      if (!isFinished) target.destroy(error ?? undefined);
      callback(error);
    },
  });
  if (target instanceof Duplex) {
    // Half-close: the end of its input must not end its output.
    target.allowHalfOpen = true;
    targets.set(output, target);
  }
  // finished() leaves its 'error' listener in place, which catches late errors.
  finished(target, { readable: false }, (error) => {
    isFinished = error === undefined || error === null;
    if (!isFinished) output.destroy(error as Error);
    else if (!output.writableEnded) output.destroy();
  });
  return output;
}

/** The stream that a transport's output goes to: the target itself if it is a Duplex. */
export function socketOf(output: Duplex): Duplex {
  return targets.get(output) ?? output;
}
