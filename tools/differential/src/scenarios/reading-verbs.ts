import { inspect } from "node:util";
import type { StreamReader, WaitOptions } from "@aio/streams";
import { until } from "./calls.ts";
import { bytesFor } from "./data.ts";
import type { Doing, Verbs } from "./verbs.ts";

/** A world that has readers. */
export interface ReadingWorld {
  reader(name: string, source: unknown): StreamReader;
}

const waiting = ({ signal }: Doing<ReadingWorld>): WaitOptions => ({ signal });

const reader = ({ world, name, options }: Doing<ReadingWorld>): StreamReader =>
  world.reader(name, options["source"]);

/** The verbs of readers. python/scenarios/reading.py is the counterpart. */
export const readingVerbs: Verbs<ReadingWorld> = {
  read: (doing) => reader(doing).read(Number(doing.args[0] ?? -1), waiting(doing)),
  readexactly: (doing) => reader(doing).readexactly(Number(doing.args[0]), waiting(doing)),
  readline: (doing) => reader(doing).readline(waiting(doing)),
  readuntil: (doing) => reader(doing).readuntil(doing.args.map(bytesFor), waiting(doing)),
  lines: async (doing) => {
    const lines: string[] = [];
    for await (const line of reader(doing)) {
      lines.push(line.toString("latin1"));
      if (lines.length === doing.args[0]) break;
    }
    return lines;
  },
  ateof: (doing) => reader(doing).atEof(),
  hasexception: (doing) => reader(doing).exception() !== null,
  has: (doing) => until(() => reader(doing).bufferedLength >= Number(doing.args[0])),
  hasended: (doing) => {
    const from = reader(doing);
    return until(() => inspect(from).includes(", eof") || from.exception() !== null);
  },
  ispaused: (doing) => inspect(reader(doing)).includes("paused"),
  stuck: (doing) => until(() => inspect(reader(doing)).includes("paused")),
};
