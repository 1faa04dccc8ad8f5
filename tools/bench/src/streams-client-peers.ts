import * as net from "node:net";
import { PromiseSocket } from "promise-socket";
import { together } from "./measure.ts";

const message = Buffer.alloc(64, "x");

// As in its documentation.
async function open(port: number): Promise<PromiseSocket<net.Socket>> {
  const socket = new PromiseSocket(new net.Socket().setNoDelay(true));
  await socket.connect(port, "127.0.0.1");
  return socket;
}

async function exchange(socket: PromiseSocket<net.Socket>): Promise<void> {
  await socket.write(message);
  const answer = await socket.read(message.length);
  if (answer?.length !== message.length) throw new Error("Cut short");
}

export async function connect(port: number, times: number): Promise<void> {
  await together(16, async () => {
    for (let time = 0; time < times / 16; time += 1) {
      const socket = await open(port);
      await exchange(socket);
      await socket.end();
      socket.destroy();
    }
  });
}

let sockets: Promise<PromiseSocket<net.Socket>>[] = [];

export async function echo(port: number, times: number): Promise<void> {
  if (sockets.length === 0) sockets = Array.from({ length: 100 }, () => open(port));
  await Promise.all(
    sockets.map(async (opening) => {
      const socket = await opening;
      for (let time = 0; time < times; time += 1) await exchange(socket);
    }),
  );
}
