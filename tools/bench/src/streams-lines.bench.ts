import type * as net from "node:net";

import { scenario } from "./scenario.ts";
import { type Load, socketUnderLoad, streamsUnderLoad } from "./streams-load.ts";

const lines: Load = { piece: Buffer.from(`${"x".repeat(79)}\n`), count: 3_000_000 };
const requests: Load = { piece: Buffer.from("a request\n"), count: 1_000_000 };
const reply = "a reply\n";

/** What everybody writes who knows no better: what is left over, joined to what comes. */
function splitLines(socket: net.Socket, onLine: (line: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      onLine(data.subarray(start, end + 1));
      start = end + 1;
    }
    rest = data.subarray(start);
  });
}

export const read = scenario({
  title: "Read 3,000,000 lines of 80 bytes from a socket",
  unit: "ns of processor per line",
  subject: "@aio/streams",
  rounds: 5,
  aims: { "node:net": 1 / 0.58 },
  contenders: {
    "node:net": socketUnderLoad(lines, (socket, done) => {
      let count = 0;
      splitLines(socket, () => (count += 1));
      socket.on("end", () => done(count));
    }),
    "@aio/streams": streamsUnderLoad(lines, async (reader) => {
      let count = 0;
      for await (const line of reader) count += line.length === 80 ? 1 : 0;
      return count;
    }),
    "@aio/streams, as text": streamsUnderLoad(lines, async (reader) => {
      let count = 0;
      for await (const line of reader.lines()) count += line.length === 79 ? 1 : 0;
      return count;
    }),
    "@aio/streams, readline()": streamsUnderLoad(lines, async (reader) => {
      let count = 0;
      while ((await reader.readline()).length > 0) count += 1;
      return count;
    }),
    "@aio/streams, without waiting": streamsUnderLoad(lines, async (reader) => {
      let count = 0;
      for (;;) {
        const line = reader.readlineNowait() ?? (await reader.readline());
        if (line.length === 0) return count;
        count += 1;
      }
    }),
  },
});

export const replies = scenario({
  title: "Answer each of 1,000,000 lines",
  unit: "ns of processor per line",
  subject: "@aio/streams",
  rounds: 5,
  aims: { "node:net": 1 / 6 },
  contenders: {
    "node:net": socketUnderLoad(requests, (socket, done) => {
      let count = 0;
      splitLines(socket, () => {
        count += 1;
        socket.write(reply);
      });
      socket.on("end", () => {
        socket.end();
        done(count);
      });
    }),
    "@aio/streams": streamsUnderLoad(requests, async (reader, writer) => {
      let count = 0;
      for await (const line of reader) {
        count += line.length === 10 ? 1 : 0;
        writer.write(reply);
        if (writer.needsDrain) await writer.drain();
      }
      return count;
    }),
    "@aio/streams, draining": streamsUnderLoad(requests, async (reader, writer) => {
      let count = 0;
      for await (const line of reader) {
        count += 1;
        writer.write(line);
        await writer.drain();
      }
      return count;
    }),
  },
});
