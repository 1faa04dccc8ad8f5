import { Socket } from "node:net";
import { type Pair, type PairFactory, type Peer, SocketPeer } from "@aio/contract";
import {
  PIPE,
  STDOUT,
  type SubprocessOptions,
  createSubprocessExec,
  openPipe,
} from "@aio/subprocess";

// A child that uses its standard streams as ordered through two more pipes: an order is an operation
// and a size, and its answer, when done, a size and that many bytes.
const program = `
  use strict;
  $SIG{PIPE} = "IGNORE";
  my ($in, $out);
  open($in, "<&=", $ARGV[0]) and open($out, ">&=", $ARGV[1]) or die $!;
  sub put {
    my ($to, $bytes) = @_;
    for (my $done = 0; $done < length $bytes;) {
      $done += syswrite($to, $bytes, length($bytes) - $done, $done) // return;
    }
  }
  sub get {
    my ($from, $size) = @_;
    my $bytes = "";
    while (length $bytes < $size) {
      my $piece = $size - length $bytes;
      last unless sysread($from, $bytes, $piece < 65536 ? $piece : 65536, length $bytes);
    }
    return $bytes;
  }
  while (length(my $order = get($in, 13)) == 13) {
    my ($operation, $size) = (substr($order, 0, 1), 0 + substr($order, 1));
    my $answer = "";
    if ($operation eq "s") { put(*STDOUT, get($in, $size)) }
    if ($operation eq "r") { $answer = get(*STDIN, $size) }
    if ($operation eq "e") { close STDOUT; close STDERR }
    if ($operation eq "v") { exit }
    put($out, sprintf("%012d", length $answer) . $answer);
  }
`;

class ChildPeer implements Peer {
  readonly #orders: SocketPeer;
  readonly #answers: SocketPeer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(orders: Socket, answers: Socket) {
    this.#orders = new SocketPeer(orders);
    this.#answers = new SocketPeer(answers);
  }

  async send(data: string | Uint8Array): Promise<void> {
    await this.#do("s", Buffer.byteLength(data), data);
  }

  // Does not wait for the answer: the effect may reach the parent before or after it.
  async end(): Promise<void> {
    void this.#do("e");
  }

  async receive(size: number): Promise<Buffer> {
    const bytes = await this.#do("r", size);
    if (bytes.length < size) throw new Error(`The child received ${bytes.length} of ${size} bytes`);
    return bytes;
  }

  receiveAll(): Promise<Buffer> {
    return this.#do("r", 1e11);
  }

  async vanish(): Promise<void> {
    void this.#orders.send(`v${"0".repeat(12)}`);
  }

  #do(operation: string, size = 0, data: string | Uint8Array = ""): Promise<Buffer> {
    const answer = this.#last.then(async () => {
      void this.#orders.send(operation + String(size).padStart(12, "0"));
      void this.#orders.send(data);
      const length = Number(await this.#answers.receive(12));
      return this.#answers.receive(length);
    });
    this.#last = answer.catch(() => {});
    return answer;
  }
}

/** A reader and a writer whose other ends are a child's standard streams. */
export async function processPair(
  options: Pick<SubprocessOptions, "limit" | "pipes"> & { readonly stderr?: typeof STDOUT },
): Promise<Pair> {
  const [orders, answers] = await Promise.all([openPipe(), openPipe()]);
  const passFds = [orders.read.fd, answers.write.fd];
  const child = await createSubprocessExec("perl", ["-e", program, "--", ...passFds.map(String)], {
    stdin: PIPE,
    stdout: PIPE,
    passFds,
    ...options,
  });
  orders.read.close();
  answers.write.close();
  const sockets = [
    new Socket({ fd: orders.write.fd, readable: false, writable: true }),
    new Socket({ fd: answers.read.fd, readable: true, writable: false }),
  ] as const;
  return {
    reader: child.stdout,
    writer: child.stdin,
    peer: new ChildPeer(...sockets),
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A child's standard streams, over each kind of pipe. */
export const processFactories: readonly PairFactory[] = [
  {
    name: "a child's pipes",
    isOneConnection: false,
    make: (options) => processPair({ ...options }),
  },
  {
    name: "a child's operating system pipes",
    isOneConnection: false,
    make: (options) => processPair({ ...options, pipes: "os" }),
  },
  {
    name: "a child's merged pipe",
    isOneConnection: false,
    make: (options) => processPair({ ...options, stderr: STDOUT }),
  },
];
