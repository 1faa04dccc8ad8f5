import { knownOn } from "./known-failure.ts";

const { list, fails, failsOutside, failsSometimes, hangs } = knownOn("Bun");

export { list as knownOnBun };

fails("fetch() of a data: URL ignores its signal", {
  "errors/cancellation": [
    "is true for the error of fetch() when",
    "distinguishes two signals, also through AbortSignal.any()",
  ],
});
fails("Bun's AbortError has no enumerable properties", {
  "errors/cancellation": ["shows a logger the same name and code as Node's"],
});
fails("a paused socket or pipe reads 128 to 256 KiB more than it delivers", {
  "streams/contract": ["applies backpressure to a peer that sends more than is read"],
  "streams/tls-contract": ["applies backpressure to a peer that sends more than is read"],
  "subprocess/stream-reader": [
    "applies backpressure to the child once twice the limit is buffered",
  ],
});
fails("the handle of a listening socket cannot be passed to a child process", {
  "streams/start-server": ["startServer({ fd }) >"],
  "streams/start-unix-server": ["startUnixServer({ fd }) >"],
});
failsSometimes("a client in the queue of a cluster may reach no worker", {
  "streams/start-server": ["accepts clients that arrive together with the primary's answer"],
});
fails("only Node has its permission model", {
  "streams/start-server": ["A program under Node's permission model >"],
});
fails("an error has another message or code", {
  "streams/abuse": ["rejects new connections, and serves again once descriptors are free"],
  "streams/open-connection": ["connects from localAddress and localPort"],
  "streams/server": ["still requests client certificates"],
  "streams/start-unix-server": ["rejects with ENOENT, and names the path"],
  "streams/tls-info": ["reports a client without a certificate"],
});
fails("process.getActiveResourcesInfo() does not list what these tests count", {
  "streams/open-connection": ["is typed with what a net.Socket adds to a Duplex"],
  "streams/server": ["lets the program end while the server listens, until ref()"],
});
fails("the methods of an AbortSignal refuse a proxy of it", {
  "errors/abort-listener-faults": ["is called if the signal is a proxy of the platform's"],
});
hangs("its sockets and timers use the timers that Vitest replaces", {
  "streams/fake-timers": ["With fake timers installed"],
});
fails("errors of TLS callbacks do not reach the server, and PSK is not supported", {
  "streams/tls-callbacks": [
    "SNICallback that passes something other than an error",
    "pskCallback that throws",
    "pskCallback that answers with a number",
    "pskCallback that is not a function",
  ],
});
fails("Bun's sockets use the timers that Vitest replaces", {
  "subprocess/fake-timers": ["over a merged pipe"],
});
hangs("an SNICallback that answers twice stops the handshake", {
  "streams/tls-callbacks": ["SNICallback that answers twice"],
});
fails("operating system pipes are refused in a child process, or at another time", {
  "subprocess/cancellation": ["while its operating system pipes are created"],
  "subprocess/os-pipes": [""],
  "subprocess/refusing-signals": ['createSubprocessShell({ pipes: "os" })'],
  "subprocess/resources": ["leaks nothing: operating system pipes"],
  "subprocess/snapshot": ["it needs operating system pipes"],
});
fails("the stack of a wait lacks the function that called it", {
  "streams/abort": ["gives the error of an aborted read the stack of the call that waited"],
  "subprocess/cancellation": [
    "gives the error of an aborted wait the stack of the call that waited",
  ],
});
fails("a server's TLSSocket over another socket says that it is not connected", {
  "streams/tls": ["with a TLSSocket of the caller's on the server is lost with an error"],
});
failsOutside("a server's TLSSocket over another socket says that it is not connected", {
  "streams/tls": ["Cannot adopt the socket: it is not connected"],
});
hangs("a TLS client that does not trust its peer fails outside its socket's events", {
  "streams/tls-info": ["rejects on a TLS 1.2 client that has sent its part"],
});
fails("there is no --expose-gc", {
  "subprocess/resources": [
    "leave the parent's descriptors and memory unchanged",
    "leaks nothing, however many there are",
  ],
});
fails("crypto.subtle.digest() does not take the Buffer of another thread's realm", {
  "subprocess/communicate": ["returns a large buffer that other APIs accept"],
});
fails("Vitest runs in a worker thread, which cannot set the umask", {
  "subprocess/create-subprocess": ["sets the umask of the child, not of the parent"],
});
fails("a child whose output is piped keeps the program running in spite of unref()", {
  "subprocess/kill-tree": ["Process.unref() >"],
});
fails("Bun holds what a child has yet to read, but says that nothing is unsent", {
  "subprocess/refusing-signals": ["StreamWriter.drain() rejects with its error"],
  "subprocess/stream-writer": [
    "rejects right after a failed write",
    "needsDrain > is true when drain() would wait",
  ],
});
failsSometimes("the end of a child closes its stdin, though a descendant still reads", {
  "subprocess/communicate": ["sends all of the input to a descendant that outlives the process"],
  "subprocess/stream-writer": ["also if the process exits before all is sent"],
});
hangs("a failed write to a child may not be reported", {
  "subprocess/stream-writer": [
    "rejects when a running process closes its stdin",
    "resolves when another process has read what the first left in the pipe",
  ],
});
