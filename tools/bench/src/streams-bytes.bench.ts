import { type Load, loaded, underLoad } from "./streams-load.ts";
import { aioVariant, everywhere, inNodeAndPython, peer } from "./streams-servers.ts";

const frame = Buffer.alloc(4 + 100, "x");
frame.writeUInt32BE(100);

const pages = sent(Buffer.alloc(4096, "x"));
const frames = sent(frame);

function sent(piece: Buffer): Load {
  return { client: ["send", "250", piece.toString("hex")], figure: "processor" };
}

export const bulk = loaded({
  title: "Read as much as comes",
  unit: "ns of processor per 4 KiB",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.9, "CPython asyncio": 1 / 1.9, uvloop: 1 / 1.9 },
  contenders: underLoad(pages, "bulk", {
    ...everywhere,
    "promise-socket": peer("promiseSocket"),
  }),
});

export const bulkInto = loaded({
  title: "Read as much as comes, into a buffer of one's own",
  unit: "ns of processor per 4 KiB",
  subject: "@aio/streams, readinto()",
  aims: { "node:net": 1 },
  contenders: underLoad(pages, "bulk", {
    ...inNodeAndPython,
    "@aio/streams, readinto()": aioVariant("Into"),
  }),
});

export const framed = loaded({
  title: "Read frames of 4 and 100 bytes",
  unit: "ns of processor per frame",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.32, "CPython asyncio": 1 / 3.3, uvloop: 1 / 1.8 },
  contenders: underLoad(frames, "frames", {
    ...everywhere,
    "it-byte-stream": peer("byteStream"),
  }),
});

export const framedNowait = loaded({
  title: "Read frames of 4 and 100 bytes, not waiting for what is there",
  unit: "ns of processor per frame",
  subject: "@aio/streams, without waiting",
  aims: { "node:net": 1 / 0.6 },
  contenders: underLoad(frames, "frames", {
    ...inNodeAndPython,
    "@aio/streams, without waiting": aioVariant("Nowait"),
  }),
});
