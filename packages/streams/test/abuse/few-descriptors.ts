// Run with a limit of 48 descriptors: a server and a client that use all of them up, and go on.
import { type Connection, openConnection, startServer } from "@aio/streams";

const server = await startServer(
  async (reader, writer) => {
    for await (const line of reader) writer.write(line);
  },
  "127.0.0.1",
  0,
);
const { port } = server.addresses[0]!;

let code: string | undefined;
const connections: Connection[] = [];
while (code === undefined && connections.length < 100) {
  try {
    connections.push(await openConnection("127.0.0.1", port));
  } catch (error) {
    ({ code } = error as NodeJS.ErrnoException);
  }
}
console.log(`refused with ${code}`);
for (const connection of connections.splice(0)) {
  connection.writer.close();
  await connection.writer.waitClosed().catch(() => {});
}

// The last ones may have been accepted by the kernel only, and dropped: the next ones are served.
for (let i = 0; i < 10; i++) {
  const { reader, writer } = await openConnection("127.0.0.1", port);
  writer.write("hello\n");
  if (String(await reader.readline()) !== "hello\n") throw new Error("It does not serve");
  writer.close();
}
server.close();
server.closeClients();
await server.waitClosed();
console.log("still serving");
