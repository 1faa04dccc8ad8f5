import { StreamReader, type WaitOptions } from "@aio/streams";
import type { ReaderClass } from "../src/reader/interpreter.ts";

/** Readers with one fault each, as a careless change could introduce. */
export const brokenReaders: readonly { readonly what: string; readonly Reader: ReaderClass }[] = [
  {
    what: "a waiting readline() cannot be aborted",
    Reader: class extends StreamReader {
      override readline(options?: WaitOptions): Promise<Buffer> {
        return super.readline(options?.signal?.aborted ? options : undefined);
      }
    },
  },
  {
    what: "the limit is one byte too large",
    Reader: class extends StreamReader {
      constructor({ limit, source }: ConstructorParameters<ReaderClass>[0]) {
        super({ limit: limit + 1, source });
      }
    },
  },
  {
    what: "the source is never paused",
    Reader: class extends StreamReader {
      constructor({ limit }: ConstructorParameters<ReaderClass>[0]) {
        super({ limit });
      }
    },
  },
  {
    what: "the source is paused a byte too late",
    Reader: class extends StreamReader {
      constructor({ limit, source }: ConstructorParameters<ReaderClass>[0]) {
        let isPaused = false;
        const pause = (): void => {
          isPaused = this.bufferedLength > 2 * limit + 1;
          if (isPaused) source.pause();
        };
        const resume = (): void => {
          if (isPaused) source.resume();
        };
        super({ limit, source: { pause, resume } });
      }
    },
  },
  {
    what: "the first separator in the list wins",
    Reader: class extends StreamReader {
      override async readuntil(
        separator: Parameters<StreamReader["readuntil"]>[0],
        options?: WaitOptions,
      ): Promise<Buffer> {
        const [first, ...others] = Array.isArray(separator) ? separator : [];
        if (first === undefined || others.length === 0) return super.readuntil(separator, options);
        const found = this.readuntilNowait(first);
        return found ?? super.readuntil(separator, options);
      }
    },
  },
  {
    what: "a line that is too long stays in the buffer",
    Reader: class extends StreamReader {
      override readline(options?: WaitOptions): Promise<Buffer> {
        return super.readuntil("\n", options);
      }
    },
  },
  {
    what: "an aborted read(-1) loses the bytes that have arrived",
    Reader: class extends StreamReader {
      override async read(size = -1, options?: WaitOptions): Promise<Buffer> {
        if (size >= 0) return super.read(size, options);
        const blocks: Buffer[] = [];
        for (;;) {
          const block = await super.read(65_536, options);
          if (block.length === 0) return Buffer.concat(blocks);
          blocks.push(block);
        }
      }
    },
  },
  {
    what: "end of input does not wake a waiting call",
    Reader: class extends StreamReader {
      #isEnding = false;
      override feedEof(): void {
        this.#isEnding = true;
        if (this.bufferedLength > 0) super.feedEof();
      }
      override atEof(): boolean {
        return this.#isEnding && this.bufferedLength === 0;
      }
    },
  },
  {
    what: "readexactly() returns what is buffered",
    Reader: class extends StreamReader {
      override readexactly(size: number, options?: WaitOptions): Promise<Buffer> {
        const left = this.bufferedLength;
        return super.readexactly(this.atEof() || left === 0 ? size : Math.min(left, size), options);
      }
    },
  },
  {
    what: "buffered bytes take precedence over a stored error",
    Reader: class extends StreamReader {
      override read(size = -1, options?: WaitOptions): Promise<Buffer> {
        const found = size > 0 && this.bufferedLength > 0 ? this.readNowait(size) : null;
        return found === null ? super.read(size, options) : Promise.resolve(found);
      }
    },
  },
  {
    what: "readNowait() returns one byte too few",
    Reader: class extends StreamReader {
      override readNowait(size = -1): Buffer | null {
        return super.readNowait(size > 1 ? size - 1 : size);
      }
    },
  },
];
