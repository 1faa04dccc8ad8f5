// Opens 10,000 connections to a port, then expects an answer on each while all of them are open.
import { type Connection, openConnection } from "@aio/streams";

const port = Number(process.argv[2]);
const connections: Connection[] = [];
while (connections.length < 10_000) {
  const more = await Promise.all(
    Array.from({ length: 500 }, () => openConnection("127.0.0.1", port)),
  );
  connections.push(...more);
}
console.log("all are open");
await new Promise((resolve) => process.stdin.once("data", resolve));
const answers = await Promise.all(
  connections.map(({ reader, writer }, index) => {
    writer.write(`${index}\n`);
    return reader.readline();
  }),
);
const right = answers.filter((line, index) => Number(line) === index).length;
console.log(`${right} were answered`);
for (const { writer } of connections) writer.close();
process.stdin.unref();
