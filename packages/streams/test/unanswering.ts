import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

// Node accepts every connection. This listener's backlog is full and stays full, so the system does not
// answer further connection attempts.
const program = `
import socket, sys, threading, time
listener = socket.socket()
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(0)
held = []
for _ in range(4):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(listener.getsockname())
    held.append(s)
time.sleep(0.05)
print(listener.getsockname()[1], flush=True)
def answer():
    while True:
        held.append(listener.accept())
if sys.stdin.readline():
    threading.Thread(target=answer, daemon=True).start()
sys.stdin.read()
`;

/** An address where a connection attempt neither succeeds nor fails. */
export class Unanswering {
  readonly #process: ChildProcess;
  readonly port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async at(address: string, port = 0): Promise<Unanswering> {
    const child = spawn("python3", ["-c", program, address, String(port)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return new Unanswering(child, Number(String(line)));
  }

  /** Begin to accept: a pending attempt succeeds when the system retries it. */
  answer(): void {
    this.#process.stdin?.write("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end();
    await once(this.#process, "close");
  }
}
