// asyncio's "TCP echo server using streams". The client at the end makes it run by itself.
import { type StreamReader, type StreamWriter, openConnection, startServer } from "@aio/streams";

async function handleEcho(reader: StreamReader, writer: StreamWriter): Promise<void> {
  const data = String(await reader.read(100));
  console.log(`Received '${data}'`); // Received 'Hello World!'

  console.log(`Send: '${data}'`); // Send: 'Hello World!'
  writer.write(data);
  await writer.drain();

  console.log("Close the connection"); // Close the connection
  writer.close();
  await writer.waitClosed();
}

// asyncio's example uses port 8888.
await using server = await startServer(handleEcho, "127.0.0.1", 0);
const [address] = server.addresses;
console.log(`Serving on ${address?.address}`); // Serving on 127.0.0.1

const forever = server.serveForever();

const { reader, writer } = await openConnection("127.0.0.1", address!.port);
writer.write("Hello World!");
console.log(`The client got '${String(await reader.read())}'`); // The client got 'Hello World!'
writer.close();

server.close();
await forever;
