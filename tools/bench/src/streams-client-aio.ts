import { openConnection } from "@aio/streams";
import { together } from "./measure.ts";

const host = "127.0.0.1";
const message = Buffer.alloc(64, "x");

export async function connect(port: number, times: number): Promise<void> {
  await together(16, async () => {
    for (let time = 0; time < times / 16; time += 1) {
      const { reader, writer } = await openConnection(host, port);
      writer.write(message);
      await reader.readexactly(64);
      await reader.read();
      writer.close();
      await writer.waitClosed();
    }
  });
}

let connections: ReturnType<typeof openConnection>[] = [];

export async function echo(port: number, times: number): Promise<void> {
  if (connections.length === 0) {
    connections = Array.from({ length: 100 }, () => openConnection(host, port));
  }
  await Promise.all(
    connections.map(async (connection) => {
      const { reader, writer } = await connection;
      for (let time = 0; time < times; time += 1) {
        writer.write(message);
        await reader.readexactly(64);
      }
    }),
  );
}
