// Run under the permission model: prints an answer, or the error code, for TCP and for a Unix socket.
import {
  type Connection,
  type Server,
  type StreamReader,
  type StreamWriter,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "@aio/streams";

async function greet(_: StreamReader, writer: StreamWriter): Promise<void> {
  writer.write("hello");
}

async function tell(
  kind: string,
  start: () => Promise<Server>,
  connect: (server: Server) => Promise<Connection>,
): Promise<void> {
  try {
    const server = await start();
    const { reader, writer } = await connect(server);
    console.log(`${kind}: ${String(await reader.read())}`);
    writer.close();
    server.close();
  } catch (error) {
    console.log(`${kind}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

const path = process.argv[2]!;
await tell(
  "tcp",
  () => startServer(greet, "127.0.0.1", 0),
  ({ addresses: [address] }) => openConnection("127.0.0.1", address?.port ?? 0),
);
await tell(
  "unix",
  () => startUnixServer(greet, path),
  () => openUnixConnection(path),
);
