import type * as net from "node:net";
import { createInterface } from "node:readline";
import { byteStream } from "it-byte-stream";
import { PromiseSocket } from "promise-socket";
import split2 from "split2";

// Each as in its documentation.

async function echoPromiseSocket(socket: net.Socket): Promise<void> {
  const stream = new PromiseSocket(socket);
  for (;;) {
    const chunk = await stream.read();
    if (chunk === undefined) break;
    await stream.write(chunk);
  }
  await stream.end();
}

async function bulkPromiseSocket(socket: net.Socket): Promise<void> {
  const stream = new PromiseSocket(socket);
  let bytes = 0;
  for (;;) {
    const chunk = await stream.read();
    if (chunk === undefined) break;
    bytes += chunk.length;
  }
  socket.end(`${bytes / 4096}\n`);
}

async function framesByteStream(socket: net.Socket): Promise<void> {
  const stream = byteStream({
    source: socket as AsyncIterable<Uint8Array>,
    sink: async (source: AsyncIterable<Uint8Array>) => {
      for await (const chunk of source) socket.write(chunk);
    },
  });
  let count = 0;
  try {
    for (;;) {
      const header = await stream.read({ bytes: 4 });
      const body = await stream.read({ bytes: header.getUint32(0) });
      if (body.byteLength === 100) count += 1;
    }
  } catch {
    socket.end(`${count}\n`);
  }
}

function linesSplit2(socket: net.Socket): void {
  let count = 0;
  const lines = socket.pipe(split2());
  lines.on("data", () => (count += 1));
  lines.on("end", () => socket.end(`${count}\n`));
}

async function linesReadline(socket: net.Socket): Promise<void> {
  let count = 0;
  for await (const line of createInterface({ input: socket })) count += line.length === 79 ? 1 : 0;
  socket.end(`${count}\n`);
}

function repliesReadline(socket: net.Socket): void {
  createInterface({ input: socket })
    .on("line", () => socket.write("a reply\n"))
    .on("close", () => socket.end());
}

export const behaviors = {
  echo_promiseSocket: echoPromiseSocket,
  bulk_promiseSocket: bulkPromiseSocket,
  frames_byteStream: framesByteStream,
  lines_split2: linesSplit2,
  lines_readline: linesReadline,
  replies_readline: repliesReadline,
};
