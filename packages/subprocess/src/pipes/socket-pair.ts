import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync } from "node:fs";
import { type Server, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A pipe of Node's, made by hand: two connected Unix sockets. Node makes its pipes while it spawns,
// one for each number, and cannot say "this one twice". A socket that exists already can be handed
// over under two numbers, and then what the child writes to both arrives in the order of writing,
// because it is one queue in the kernel.
//
// Node can connect only by name. The name lies in a directory that nobody else may enter (0700, made
// with a random name by mkdtemp), and it is gone before the first pair is there: on Linux the socket
// that listens is held by a descriptor, opened with O_PATH, and is connected to through
// /proc/self/fd, which leads to it without a name and to nobody but this user. So one server lasts
// for all pairs, a pair costs 65 µs, and no crash leaves anything in /tmp. Elsewhere each pair has a
// server and a name of its own, removed once it is connected.
//
// One pair is made at a time: who connects is then known by being the only one. An accept() that
// fails for want of descriptors is not reported, but the connection breaks, and that is.
const O_PATH = 0o10_000_000;

interface Meeting {
  readonly server: Server;
  readonly path: string;
  readonly isShared: boolean;
}

let shared: Promise<Meeting> | undefined;
let lastPair: Promise<unknown> = Promise.resolve();

/** Two sockets, each the other's peer: one to keep and one to hand to a child. */
export interface SocketPair {
  readonly ours: Socket;
  readonly childs: Socket;
}

export function socketPair(): Promise<SocketPair> {
  const pair = lastPair.then(makePair);
  lastPair = pair.catch(() => {});
  return pair;
}

async function makePair(): Promise<SocketPair> {
  const meeting = await (process.platform === "linux" ? sharedMeeting() : privateMeeting());
  try {
    return await meet(meeting);
  } finally {
    if (!meeting.isShared) meeting.server.close();
  }
}

function sharedMeeting(): Promise<Meeting> {
  shared ??= makeSharedMeeting().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}

async function makeSharedMeeting(): Promise<Meeting> {
  const directory = mkdtempSync(join(tmpdir(), "aio-"));
  try {
    const opened = openSync(directory, O_PATH);
    try {
      // A socket's name has at most 107 bytes, and TMPDIR may be longer: Node 20 cuts it off.
      const name = `/proc/self/fd/${opened}/socket`;
      const server = await listening(name);
      try {
        const path = `/proc/self/fd/${openSync(name, O_PATH)}`;
        unlinkSync(name);
        return { server, path, isShared: true };
      } catch (error) {
        // Which removes the name as well.
        server.close();
        throw error;
      }
    } finally {
      closeSync(opened);
    }
  } finally {
    rmdirSync(directory);
  }
}

async function privateMeeting(): Promise<Meeting> {
  const directory = mkdtempSync(join(tmpdir(), "aio-"));
  const path = join(directory, "socket");
  try {
    const server = await listening(path);
    server.once("close", () => rmdirSync(directory));
    return { server, path, isShared: false };
  } catch (error) {
    rmdirSync(directory);
    throw error;
  }
}

function listening(name: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Nobody may read from the child's end before the child has it.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    server.once("error", reject);
    // The server is no reason to keep the process alive. Whoever waits for a pair is.
    server.listen(name, () => resolve(server.unref()));
  });
}

function meet({ server, path }: Meeting): Promise<SocketPair> {
  return new Promise((resolve, reject) => {
    const ours = connect({ path });
    let childs: Socket | undefined;
    let isConnected = false;
    const meetHalfway = () => {
      if (childs === undefined || !isConnected) return;
      ours.off("close", onClose);
      resolve({ ours, childs });
    };
    const onAccept = (socket: Socket) => {
      socket.on("error", () => {});
      childs = socket;
      meetHalfway();
    };
    const onClose = () => {
      server.off("connection", onAccept);
      reject(
        Object.assign(new Error("Cannot make a pipe: EMFILE"), {
          code: "EMFILE",
          errno: -24,
          syscall: "socketpair",
        }),
      );
    };
    server.once("connection", onAccept);
    ours.once("connect", () => {
      isConnected = true;
      meetHalfway();
    });
    ours.once("error", (error) => {
      server.off("connection", onAccept);
      ours.off("close", onClose);
      reject(error);
    });
    ours.once("close", onClose);
  });
}
