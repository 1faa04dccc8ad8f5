import { scenario } from "./scenario.ts";
import { type Load, socketUnderLoad, streamsUnderLoad } from "./streams-load.ts";

const mebibytes: Load = { piece: Buffer.alloc(4096, "x"), count: 2 ** 19 };
const pieces = (bytes: number): number => bytes / mebibytes.piece.length;

const payload = 100;
const frame = Buffer.alloc(4 + payload, "x");
frame.writeUInt32BE(payload);
const frames: Load = { piece: frame, count: 3_000_000 };

export const bulk = scenario({
  title: "Read 2 GiB from a socket",
  unit: "ns of processor per 4 KiB",
  subject: "@aio/streams",
  rounds: 5,
  aims: { "node:net": 1 / 0.9 },
  contenders: {
    "node:net": socketUnderLoad(mebibytes, (socket, done) => {
      let bytes = 0;
      socket.on("data", (chunk) => (bytes += chunk.length));
      socket.on("end", () => done(pieces(bytes)));
    }),
    "@aio/streams": streamsUnderLoad(mebibytes, async (reader) => {
      let bytes = 0;
      for (;;) {
        const { length } = await reader.read(65_536);
        if (length === 0) return pieces(bytes);
        bytes += length;
      }
    }),
    "@aio/streams, readinto()": streamsUnderLoad(mebibytes, async (reader) => {
      const target = Buffer.alloc(65_536);
      let bytes = 0;
      for (;;) {
        const length = await reader.readinto(target);
        if (length === 0) return pieces(bytes);
        bytes += length;
      }
    }),
  },
});

export const framed = scenario({
  title: "Read 3,000,000 frames of 4 and 100 bytes",
  unit: "ns of processor per frame",
  subject: "@aio/streams",
  rounds: 5,
  aims: { "node:net": 1 / 0.32 },
  contenders: {
    "node:net": socketUnderLoad(frames, (socket, done) => {
      let count = 0;
      let rest: Buffer = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        let start = 0;
        while (data.length - start >= 4) {
          const end = start + 4 + data.readUInt32BE(start);
          if (end > data.length) break;
          if (data.subarray(start + 4, end).length === payload) count += 1;
          start = end;
        }
        rest = data.subarray(start);
      });
      socket.on("end", () => done(count));
    }),
    "@aio/streams": streamsUnderLoad(frames, async (reader) => {
      let count = 0;
      try {
        for (;;) {
          const header = await reader.readexactly(4);
          const body = await reader.readexactly(header.readUInt32BE());
          if (body.length === payload) count += 1;
        }
      } catch {
        return count;
      }
    }),
    "@aio/streams, without waiting": streamsUnderLoad(frames, async (reader) => {
      let count = 0;
      try {
        for (;;) {
          const header = reader.readexactlyNowait(4) ?? (await reader.readexactly(4));
          const size = header.readUInt32BE();
          const body = reader.readexactlyNowait(size) ?? (await reader.readexactly(size));
          if (body.length === payload) count += 1;
        }
      } catch {
        return count;
      }
    }),
  },
});
