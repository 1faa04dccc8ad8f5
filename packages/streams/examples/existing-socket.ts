// asyncio's "Register an open socket to wait for data using streams".
import * as net from "node:net";
import { openConnection } from "@aio/streams";

// A pair of connected sockets, like that of Python's socket.socketpair().
const server = net.createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const [receiving, sending] = await Promise.all([
  new Promise<net.Socket>((resolve) => {
    const { port } = server.address() as net.AddressInfo;
    const socket = net.connect(port, "127.0.0.1", () => resolve(socket));
  }),
  new Promise<net.Socket>((resolve) => server.once("connection", resolve)),
]);

// Register the open socket to wait for data.
const { reader, writer } = await openConnection({ socket: receiving });

// Simulate the reception of data from the network.
setImmediate(() => sending.write("abc"));

// Wait for data.
const data = String(await reader.read(100));

// Got data, we are done: close the socket.
console.log(`Received: ${data}`); // Received: abc
writer.close();
await writer.waitClosed();

// Close the second socket.
sending.destroy();
server.close();
