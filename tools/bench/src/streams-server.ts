import * as net from "node:net";

// A server as a program: `streams-server.ts MODULE BEHAVIOR`, in Node, Bun or Deno. The module either
// handles sockets, or exports `start`, which starts a server.
const [, , module = "", behavior = ""] = process.argv;
const served = (await import(module)) as Served;
const serve = served.behaviors[behavior];
if (serve === undefined) throw new Error(`Cannot serve ${behavior}: ${module} does not export it`);

interface Served {
  readonly behaviors: Readonly<Record<string, unknown>>;
  /** Starts a server, and returns its port. */
  readonly start?: (serve: unknown) => Promise<number>;
}

const port = await (served.start ?? startSockets)(serve);
process.stdin.on("data", (line) => {
  if (String(line).startsWith("collect")) collect();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(`${(user + system) * 1000} ${rss} ${peak} ${heapUsed + external}`);
});
process.stdin.on("end", () => process.exit());
console.log(port);

async function startSockets(serve: unknown): Promise<number> {
  const onSocket = serve as (socket: net.Socket) => void;
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, onSocket);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return (server.address() as net.AddressInfo).port;
}

function collect(): void {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc: (now: boolean) => void } };
  gc?.();
  gc?.();
  Bun?.gc(true);
}
