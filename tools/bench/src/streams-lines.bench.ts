import { type Load, loaded, underLoad } from "./streams-load.ts";
import { aioVariant, everywhere, inNodeAndPython, peer } from "./streams-servers.ts";

const lines = sent(`${"x".repeat(79)}\n`);
const requests = { ...sent("a request\n"), answer: "a reply\n".length };

function sent(line: string): Load {
  return { client: ["send", "250", Buffer.from(line).toString("hex")], figure: "processor" };
}

export const read = loaded({
  title: "Iterate over lines of 80 bytes",
  unit: "ns of processor per line",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.58, "CPython asyncio": 1 / 5, uvloop: 1 / 3 },
  contenders: underLoad(lines, "lines", {
    ...everywhere,
    split2: peer("split2"),
    "node:readline": peer("readline"),
    "@aio/streams, as text": aioVariant("AsText"),
    "@aio/streams, readline()": aioVariant("ByReadline"),
  }),
});

export const readNowait = loaded({
  title: "readlineNowait(): lines of 80 bytes",
  unit: "ns of processor per line",
  subject: "@aio/streams, without waiting",
  aims: { "node:net": 1 / 0.95, "CPython asyncio": 1 / 8, uvloop: 1 / 5 },
  contenders: underLoad(lines, "lines", {
    ...inNodeAndPython,
    "@aio/streams, without waiting": aioVariant("Nowait"),
  }),
});

export const replies = loaded({
  title: "Reply to each line of 10 bytes",
  unit: "ns of processor per line",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 6, "CPython asyncio": 1 / 12, uvloop: 1 / 2.5 },
  contenders: underLoad(requests, "replies", {
    ...everywhere,
    "node:readline": peer("readline"),
    "@aio/streams, draining": aioVariant("Draining"),
  }),
});
