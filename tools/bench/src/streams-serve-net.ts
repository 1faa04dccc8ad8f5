import type * as net from "node:net";

// As a program that uses plain sockets would do it.

function echo(socket: net.Socket): void {
  socket.on("data", (chunk) => {
    socket.write(chunk);
  });
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
}

const sockets = new Set<net.Socket>();

function cast(socket: net.Socket): void {
  sockets.add(socket);
  socket.on("data", (chunk) => {
    for (const each of sockets) each.write(chunk);
  });
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}

function bulk(socket: net.Socket): void {
  let bytes = 0;
  socket.on("data", (chunk) => (bytes += chunk.length));
  socket.on("end", () => socket.end(`${bytes / 4096}\n`));
}

function lines(socket: net.Socket): void {
  let count = 0;
  splitLines(socket, () => (count += 1));
  socket.on("end", () => socket.end(`${count}\n`));
}

function replies(socket: net.Socket): void {
  splitLines(socket, () => {
    socket.write("a reply\n");
  });
  socket.on("end", () => socket.end());
}

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

function frames(socket: net.Socket): void {
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    while (data.length - start >= 4) {
      const end = start + 4 + data.readUInt32BE(start);
      if (end > data.length) break;
      if (data.subarray(start + 4, end).length === 100) count += 1;
      start = end;
    }
    rest = data.subarray(start);
  });
  socket.on("end", () => socket.end(`${count}\n`));
}

export const behaviors = { echo, cast, bulk, lines, replies, frames };
