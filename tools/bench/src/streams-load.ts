import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as net from "node:net";
import { availableParallelism } from "node:os";

import { type StreamReader, type StreamWriter, startServer } from "@aio/streams";
import type { Round } from "./scenario.ts";

/** What one client sends, as fast as it can, before it ends: its input is read and thrown away. */
export interface Load {
  readonly piece: Buffer;
  readonly count: number;
}

/** Nanoseconds of processor time that a server takes for a piece, whose streams are ours. */
export function streamsUnderLoad(
  load: Load,
  serve: (reader: StreamReader, writer: StreamWriter) => Promise<number>,
): Round {
  return async () => {
    let tell: ((count: number) => void) | undefined;
    const served = new Promise<number>((resolve) => (tell = resolve));
    const server = await startServer(
      async (reader, writer) => tell?.(await serve(reader, writer)),
      "127.0.0.1",
      0,
    );
    const port = server.addresses[0]?.port ?? 0;
    const cost = await measured(load, port, served);
    server.close();
    return cost;
  };
}

/** The same for a server that is made of Node's own sockets. */
export function socketUnderLoad(
  load: Load,
  serve: (socket: net.Socket, done: (count: number) => void) => void,
): Round {
  return async () => {
    let tell: ((count: number) => void) | undefined;
    const served = new Promise<number>((resolve) => (tell = resolve));
    const server = net.createServer({ noDelay: true }, (socket) => {
      serve(socket, (count) => tell?.(count));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as net.AddressInfo;
    const cost = await measured(load, port, served);
    server.close();
    return cost;
  };
}

async function measured(load: Load, port: number, served: Promise<number>): Promise<number> {
  const program = new URL("streams-load.ts", import.meta.url).pathname;
  const args = [program, `${port}`, load.piece.toString("hex"), `${load.count}`];
  const client = spawnElsewhere([process.execPath, ...process.execArgv, ...args]);
  const start = process.cpuUsage();
  const count = await served;
  const { user, system } = process.cpuUsage(start);
  await once(client, "close");
  if (count !== load.count) throw new Error(`Got ${count} of ${load.count}`);
  return ((user + system) * 1000) / count;
}

// Where this process is pinned to one processor, the client gets the others.
function spawnElsewhere([name = "", ...args]: readonly string[]): ReturnType<typeof spawn> {
  const stdio = ["ignore", "inherit", "inherit"] as const;
  if (availableParallelism() > 1) return spawn(name, args, { stdio: [...stdio] });
  const ours = /Cpus_allowed_list:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const online = readFileSync("/proc/cpuinfo", "utf8").match(/^processor/gm)?.length ?? 1;
  const others = Array.from({ length: online }, (_, cpu) => `${cpu}`).filter((cpu) => cpu !== ours);
  const list = others.join(",") || "0";
  return spawn("taskset", ["--cpu-list", list, name, ...args], { stdio: [...stdio] });
}

async function send(port: number, piece: Buffer, count: number): Promise<void> {
  const perChunk = Math.max(1, Math.floor((1024 * 1024) / piece.length));
  const chunk = Buffer.alloc(piece.length * Math.min(perChunk, count), piece);
  const socket = net.connect(port, "127.0.0.1");
  socket.resume();
  await once(socket, "connect");
  for (let left = count; left > 0; left -= perChunk) {
    const bytes = left >= perChunk ? chunk : chunk.subarray(0, left * piece.length);
    if (!socket.write(bytes)) await once(socket, "drain");
  }
  socket.end();
  await once(socket, "close");
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [port, piece = "", count] = process.argv.slice(2);
  await send(Number(port), Buffer.from(piece, "hex"), Number(count));
}
