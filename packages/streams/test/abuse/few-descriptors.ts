// Run with a limit of 48 descriptors: a server and a client use them all up, then recover.
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

// The kernel may have accepted the last connections without the server; new ones must be served.
for (let i = 0; i < 10; i++) {
  const { reader, writer } = await openConnection("127.0.0.1", port);
  writer.write("hello\n");
  if (String(await reader.readline()) !== "hello\n") throw new Error("The server did not answer");
  writer.close();
}
server.close();
server.closeClients();
await server.waitClosed();
console.log("still serving");
