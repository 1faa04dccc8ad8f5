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
  title: "read(): whatever is available",
  unit: "ns of processor per 4 KiB",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.9, "CPython asyncio": 1 / 1.9, uvloop: 1 / 1.9 },
  contenders: underLoad(pages, "bulk", {
    ...everywhere,
    "promise-socket": peer("promiseSocket"),
  }),
});

export const bulkInto = loaded({
  title: "readinto(): whatever is available",
  unit: "ns of processor per 4 KiB",
  subject: "@aio/streams, readinto()",
  aims: { "node:net": 1 },
  contenders: underLoad(pages, "bulk", {
    ...inNodeAndPython,
    "@aio/streams, readinto()": aioVariant("Into"),
  }),
});

export const framed = loaded({
  title: "readexactly(): a 4-byte header, then 100 bytes",
  unit: "ns of processor per frame",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.32, "CPython asyncio": 1 / 3.3, uvloop: 1 / 1.8 },
  contenders: underLoad(frames, "frames", {
    ...everywhere,
    "it-byte-stream": peer("byteStream"),
  }),
});

export const framedNowait = loaded({
  title: "readexactlyNowait(): a 4-byte header, then 100 bytes",
  unit: "ns of processor per frame",
  subject: "@aio/streams, without waiting",
  aims: { "node:net": 1 / 0.6 },
  contenders: underLoad(frames, "frames", {
    ...inNodeAndPython,
    "@aio/streams, without waiting": aioVariant("Nowait"),
  }),
});
