import { type Load, loaded, underLoad } from "./streams-load.ts";
import { everywhere, inNodeWithSmallYoungGeneration, peer } from "./streams-servers.ts";

const servers = { ...everywhere, "promise-socket": peer("promiseSocket") };

const one: Load = { client: ["echo", "250", "1"], figure: "clock" };
const hundred: Load = { client: ["echo", "250", "100"], figure: "processor" };
const anew: Load = { client: ["open", "250", "16"], figure: "processor" };

export const oneConnection = loaded({
  title: "Echo 64 bytes, one connection",
  unit: "ns per round trip",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.9, "CPython asyncio": 1, uvloop: 1 / 0.9 },
  contenders: underLoad(one, "echo", servers),
  note: "Wall-clock time, since both sides mostly wait to be woken.",
});

export const oneConnectionProcessor = loaded({
  title: "Echo 64 bytes, one connection: processor time",
  unit: "ns of processor per round trip",
  subject: "@aio/streams",
  contenders: underLoad({ ...one, figure: "processor" }, "echo", servers),
});

export const hundredConnections = loaded({
  title: "Echo 64 bytes, 100 connections at once",
  unit: "ns of processor per round trip",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.85, "CPython asyncio": 1 / 3.3, uvloop: 1 / 0.93 },
  contenders: underLoad(hundred, "echo", servers),
});

export const connections = loaded({
  title: "Connect, echo 64 bytes, close",
  unit: "ns of processor per connection",
  subject: "@aio/streams",
  aims: { "node:net": 1 / 0.85, "CPython asyncio": 1 / 1.6 },
  contenders: underLoad(anew, "echo", servers),
  note: "16 connections at a time.",
});

export const idle = loaded({
  title: "Memory per idle connection, with 10,000 open",
  unit: "bytes per connection",
  subject: "@aio/streams",
  rounds: 2,
  aims: { "node:net": 1.75, "CPython asyncio": 1 },
  contenders: underLoad({ client: ["idle", "10000"], figure: "memory" }, "echo", everywhere),
  note: "The growth of the process after a garbage collection. Fewer connections if `ulimit -n` is too low.",
});

const fourThousand = ["cast", "250", "4000"] as const;

export const cast = loaded({
  title: "Send 64 bytes to each of 4,000 clients",
  unit: "ns of processor per message",
  subject: "@aio/streams",
  aims: { "node:net": 1.15 },
  contenders: underLoad({ client: fourThousand, figure: "processor" }, "cast", everywhere),
  note: "In one event-loop turn.",
});

export const castMemory = loaded({
  title: "Send 64 bytes to each of 4,000 clients: peak memory",
  unit: "MiB",
  subject: "@aio/streams",
  rounds: 2,
  aims: { "node:net": 1.15 },
  contenders: underLoad({ client: fourThousand, figure: "peak" }, "cast", everywhere),
});

const idleHeap = (connections: number) =>
  loaded({
    title: `Heap per idle connection, with ${connections.toLocaleString("en")} open`,
    unit: "bytes per connection",
    subject: "@aio/streams",
    rounds: 2,
    aims: { "node:net": 2 },
    contenders: underLoad(
      { client: ["idle", `${connections}`], figure: "heap" },
      "echo",
      inNodeWithSmallYoungGeneration,
    ),
    note: "With a young generation of 1 MiB. Fewer connections if `ulimit -n` is too low.",
  });

export const idleHeap5000 = idleHeap(5_000);
export const idleHeap10000 = idleHeap(10_000);
export const idleHeap20000 = idleHeap(20_000);
