import * as net from "node:net";
import { together } from "./measure.ts";

const message = Buffer.alloc(64, "x");

function open(port: number): net.Socket {
  return net.connect({ host: "127.0.0.1", port, noDelay: true });
}

export async function connect(port: number, times: number): Promise<void> {
  await together(
    16,
    () =>
      new Promise<void>((resolve, reject) => {
        let left = times / 16;
        const next = (): void => {
          if ((left -= 1) < 0) return resolve();
          const socket = open(port);
          let missing = message.length;
          socket.on("connect", () => socket.write(message));
          socket.on("data", (chunk) => (missing -= chunk.length));
          socket.on("error", reject);
          socket.on("close", () => (missing === 0 ? next() : reject(new Error("Cut short"))));
        };
        next();
      }),
  );
}

let sockets: net.Socket[] = [];

export async function echo(port: number, times: number): Promise<void> {
  if (sockets.length === 0) sockets = Array.from({ length: 100 }, () => open(port));
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          let left = times;
          let missing = 0;
          const next = (): void => {
            missing = message.length;
            socket.write(message);
          };
          const onData = (chunk: Buffer): void => {
            missing -= chunk.length;
            if (missing > 0) return;
            if ((left -= 1) > 0) return next();
            socket.off("data", onData);
            resolve();
          };
          socket.on("data", onData);
          next();
        }),
    ),
  );
}
