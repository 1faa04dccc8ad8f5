import { type WaitOptions, invalidArgumentType } from "@aio/errors";
import { Duplex, Writable, finished } from "node:stream";
import type { WritableStream as WebStream } from "node:stream/web";

type Data = string | ArrayBufferView;

/** A writer as its adapters use it. */
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
        // What is thrown here for a chunk that had to wait would be an uncaught exception.
        callback(error as Error);
        return;
      }
      // By then the memory of the chunk is not in use any more, as Node promises.
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
  // A source that has nothing to write at the moment hears of a failure too.
  writer.waitClosed(destroyed).catch((error: Error) => writable.destroy(error));
  return writable;
}

/** The same as a web stream. */
export function webStreamOf(
  writer: AdaptedWriter,
  waitForFinish: () => Promise<void>,
): WebStream<Data> {
  return new WritableStream<Data>({
    start(controller) {
      writer.waitClosed().catch((error: unknown) => controller.error(error));
    },
    write(chunk) {
      writer.write(chunk);
      return writer.drain();
    },
    close() {
      writer.writeEof();
      return waitForFinish();
    },
    abort: () => writer.abort(),
  });
}

function whenDone(promise: Promise<void>, tell: (error?: Error | null) => void): void {
  promise.then(() => tell(), tell);
}

/** What a transport can write to, over a target of somebody else's. */
export function outputTo(target: Writable | WebStream): Duplex {
  if (target instanceof Writable || target instanceof Duplex) return outputOver(target);
  if (typeof target === "object" && target !== null && "getWriter" in target) {
    return outputOver(Writable.fromWeb(target));
  }
  throw invalidArgumentType("target", "a Writable or a WritableStream", target);
}

// By the output that a writer has over it: a stream of somebody else's.
const targets = new WeakMap<Duplex, Duplex>();

// The writable side of a stream alone. Of a Duplex the other side is not the writer's: data that comes
// out of it is not read here, and the end of the output leaves it open.
function outputOver(target: Writable): Duplex {
  let isFinished = false;
  const { writableHighWaterMark } = target;
  const output = new Duplex({
    // Node documents `readable`; its types lack it.
    ...({ readable: false } as object),
    writableHighWaterMark,
    write(chunk, _encoding, callback) {
      target.write(chunk, callback);
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
    // The end of its input must not end its output by itself.
    target.allowHalfOpen = true;
    targets.set(output, target);
  }
  // Its listener for 'error' stays, for errors that come late.
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
