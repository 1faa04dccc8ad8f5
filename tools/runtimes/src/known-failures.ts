/* oxlint-disable eslint/max-lines -- a table, which only grows */
// Known failures by runtime, each with its reason. Any other failure fails the run.
//
// Most tests of `openPipe()` and `pipes: "os"` are not listed. Bun and Deno lack the descriptors for
// them, and `refused` in runtimes.ts recognizes the error.

export interface Known {
  readonly on: string;
  /** `streams/tls` is packages/streams/test/tls.test.ts. */
  readonly file: string;
  /** A part of the full title, suites included: `openPipe() > creates a pipe`. */
  readonly test: string;
  readonly because: string;
  readonly how: How;
}

/**
 * A test that `hangs`, or ends the run, does not run. One that fails `sometimes` depends on a race. An
 * error `outside` comes from a file, but from none of its tests: `test` is a part of its message.
 */
export type How = "fails" | "sometimes" | "hangs" | "outside";

const list: Known[] = [];

const adder =
  (how: How) =>
  (on: string, because: string, tests: Record<string, readonly string[]>): void => {
    for (const [file, titles] of Object.entries(tests)) {
      for (const test of titles) list.push({ on, file, test, because, how });
    }
  };
const fails = adder("fails");
const failsSometimes = adder("sometimes");
const hangs = adder("hangs");
const failsOutside = adder("outside");

fails("Bun", "fetch() of a data: URL ignores its signal", {
  "errors/cancellation": [
    "is true for the error of fetch() when",
    "distinguishes two signals, also through AbortSignal.any()",
  ],
});
fails("Bun", "Bun's AbortError has no enumerable properties", {
  "errors/cancellation": ["shows a logger the same name and code as Node's"],
});
fails("Bun", "a paused socket or pipe reads 128 to 256 KiB more than it delivers", {
  "streams/contract": ["applies backpressure to a peer that sends more than is read"],
  "streams/tls-contract": ["applies backpressure to a peer that sends more than is read"],
  "subprocess/stream-reader": [
    "applies backpressure to the child once twice the limit is buffered",
  ],
});
fails("Bun", "the handle of a listening socket cannot be passed to a child process", {
  "streams/start-server": ["startServer({ fd }) >"],
  "streams/start-unix-server": ["startUnixServer({ fd }) >"],
});
fails("Bun", "only Node has its permission model", {
  "streams/start-server": ["A program under Node's permission model >"],
});
fails("Bun", "an error has another message or code", {
  "streams/abuse": ["rejects new connections, and serves again once descriptors are free"],
  "streams/open-connection": ["connects from localAddress and localPort"],
  "streams/server": ["still requests client certificates"],
  "streams/start-unix-server": ["rejects with ENOENT, and names the path"],
  "streams/tls-info": ["reports a client without a certificate"],
});
fails("Bun", "process.getActiveResourcesInfo() does not list what these tests count", {
  "streams/open-connection": ["is typed with what a net.Socket adds to a Duplex"],
  "streams/server": ["lets the program end while the server listens, until ref()"],
});
fails("Bun", "the methods of an AbortSignal refuse a proxy of it", {
  "errors/abort-listener-faults": ["is called if the signal is a proxy of the platform's"],
});
hangs("Bun", "its sockets and timers use the timers that Vitest replaces", {
  "streams/fake-timers": ["With fake timers installed"],
});
fails("Bun", "errors of TLS callbacks do not reach the server, and PSK is not supported", {
  "streams/tls-callbacks": [
    "SNICallback that passes something other than an error",
    "pskCallback that throws",
    "pskCallback that answers with a number",
    "pskCallback that is not a function",
  ],
});
fails("Bun", "Bun's sockets use the timers that Vitest replaces", {
  "subprocess/fake-timers": ["over a merged pipe"],
});
hangs("Bun", "an SNICallback that answers twice stops the handshake", {
  "streams/tls-callbacks": ["SNICallback that answers twice"],
});
fails("Bun", "operating system pipes are refused in a child process, or at another time", {
  "subprocess/cancellation": ["while its operating system pipes are created"],
  "subprocess/os-pipes": [""],
  "subprocess/refusing-signals": ['createSubprocessShell({ pipes: "os" })'],
  "subprocess/resources": ["leaks nothing: operating system pipes"],
  "subprocess/snapshot": ["it needs operating system pipes"],
});
fails("Bun", "the stack of a wait lacks the function that called it", {
  "streams/abort": ["gives the error of an aborted read the stack of the call that waited"],
  "subprocess/cancellation": [
    "gives the error of an aborted wait the stack of the call that waited",
  ],
});
fails("Bun", "a server's TLSSocket over another socket says that it is not connected", {
  "streams/tls": ["with a TLSSocket of the caller's on the server is lost with an error"],
});
failsOutside("Bun", "a server's TLSSocket over another socket says that it is not connected", {
  "streams/tls": ["Cannot adopt the socket: it is not connected"],
});
hangs("Bun", "a TLS client that does not trust its peer fails outside its socket's events", {
  "streams/tls-info": ["rejects on a TLS 1.2 client that has sent its part"],
});
fails("Bun", "there is no --expose-gc", {
  "subprocess/resources": [
    "leave the parent's descriptors and memory unchanged",
    "leaks nothing, however many there are",
  ],
});
fails("Bun", "crypto.subtle.digest() does not take the Buffer of another thread's realm", {
  "subprocess/communicate": ["returns a large buffer that other APIs accept"],
});
fails("Bun", "Vitest runs in a worker thread, which cannot set the umask", {
  "subprocess/create-subprocess": ["sets the umask of the child, not of the parent"],
});
fails("Bun", "a child whose output is piped keeps the program running in spite of unref()", {
  "subprocess/kill-tree": ["Process.unref() >"],
});
fails("Bun", "Bun holds what a child has yet to read, but says that nothing is unsent", {
  "subprocess/refusing-signals": ["StreamWriter.drain() rejects with its error"],
  "subprocess/stream-writer": [
    "rejects right after a failed write",
    "needsDrain > is true when drain() would wait",
  ],
});
failsSometimes("Bun", "the end of a child closes its stdin, though a descendant still reads", {
  "subprocess/communicate": ["sends all of the input to a descendant that outlives the process"],
  "subprocess/stream-writer": ["also if the process exits before all is sent"],
});
hangs("Bun", "a failed write to a child may not be reported", {
  "subprocess/stream-writer": [
    "rejects when a running process closes its stdin",
    "resolves when another process has read what the first left in the pipe",
  ],
});

fails("Deno", "Deno's own frames between a listener and abort() use up the ten that V8 records", {
  "errors/abort-listener-faults": ["has a stack that shows the abort"],
});
fails("Deno", "the error of events.once() does not have the reason of the signal as its cause", {
  "errors/cancellation": ["is true for the error of Node's calls when"],
});
fails("Deno", "no listener runs after one that calls stopImmediatePropagation()", {
  "sync/platform.node": ["rejects on the abort even if an earlier listener stops the event"],
});
fails("Deno", "a signal from AbortSignal.timeout() has no mark, so its waits record no stack", {
  "sync/platform.node": [
    "has the caller in the error's stack when AbortSignal.timeout() ends the wait",
  ],
});
fails("Deno", "the handle of a listening socket cannot be passed to a child process", {
  "streams/start-server": ["startServer({ fd }) >"],
  "streams/start-unix-server": ["startUnixServer({ fd }) >"],
});
fails("Deno", "only Node has its permission model", {
  "streams/start-server": ["A program under Node's permission model >"],
});
fails("Deno", "an address that the machine lacks is EINVAL, not EADDRNOTAVAIL", {
  "streams/open-connection": ["connects from localAddress and localPort"],
  "streams/start-server": ["rejects with EADDRNOTAVAIL", "skips an address that this machine"],
});
fails("Deno", "its TLS, rustls, words errors its own way, and gives them no ERR_SSL code", {
  "streams/server": ["still requests client certificates"],
  "streams/tls": ["keeps serving after failed handshakes"],
  "streams/tls-info": ["reports a client without a certificate"],
});
fails("Deno", "a write that fails is ECANCELED before the socket's error tells why", {
  "streams/writer-from": ["fails with the error of either side"],
});
fails("Deno", "process.getActiveResourcesInfo() does not list what these tests count", {
  "streams/open-connection": ["is typed with what a net.Socket adds to a Duplex"],
  "streams/server": ["lets the program end while the server listens, until ref()"],
});
fails("Deno", "keys and certificates are read at the first handshake", {
  "streams/server": ["throws for an invalid key, and keeps its certificate"],
  "streams/settings": ["refuses an invalid key with Node's error"],
});
fails("Deno", "ipv6Only is ignored", { "streams/start-server": ["with ipv6Only"] });
fails(
  "Deno",
  "servername is null instead of false, and authorized is true without a certificate request",
  {
    "streams/tls": ["sends a host name as SNI, but never an address"],
    "streams/tls-info": ["reports unauthorized if no certificate was requested"],
  },
);
hangs("Deno", "Deno panics when no descriptor is left", {
  "streams/abuse": ["rejects new connections, and serves again once descriptors are free"],
});
hangs("Deno", "errors of TLS callbacks are uncaught, or stop the handshake; PSK is not supported", {
  "streams/tls-callbacks": [""],
});
hangs("Deno", "a TLS server, even Deno's own, can stall while it reads from a client", {
  "streams/tls-contract": [
    "sends text and bytes, small and large, in order",
    "sends 30,000 small writes in order",
    "lets the caller reuse any chunk once drain() resolves",
    "resolves a drain() called before writeEof()",
    "resolves a drain() called after writeEof()",
    "finishes once everything is sent",
    "fails if its last chunk cannot be sent",
    "sends what was written",
    "TLS, server side > returns every byte of a large input",
    "upgraded to TLS > returns every byte of a large input",
  ],
});
fails("Deno", "operating system pipes are refused in a child process, or at another time", {
  "subprocess/cancellation": ["while its operating system pipes are created"],
  "subprocess/os-pipes": [""],
  "subprocess/refusing-signals": ['createSubprocessShell({ pipes: "os" })'],
  "subprocess/resources": [
    "leaks nothing: operating system pipes",
    "leave the parent's descriptors and memory unchanged, and no zombie",
  ],
  "subprocess/snapshot": ["it needs operating system pipes"],
});
fails("Deno", "the arguments of a Deno child are rewritten; a child gets an extra descriptor", {
  "subprocess/create-subprocess": [
    "passes the arguments unchanged, without a shell",
    "passes the listed descriptors to the child under the same numbers",
  ],
});
hangs("Deno", "there are no real-time signals", {
  "subprocess/process": ["send a real-time signal"],
});
fails("Deno", "process.setgroups() is missing", {
  "subprocess/start-failures": ["says that changing the user is not permitted"],
  "subprocess/termination": ["A process that the parent may not signal >"],
});
hangs("Deno", "process.setgroups() is missing, and the child keeps the program running", {
  "subprocess/termination": ["Descendants that the parent may not signal >"],
});
failsSometimes("Deno", "Deno panics when no descriptors are left", {
  "subprocess/kill-tree": ["killTree, when no descriptors are left >"],
});
failsOutside("Deno", "what a failed test left is still there when the file ends", {
  "subprocess/resources": ["to deeply equal []"],
  "subprocess/snapshot": ["to deeply equal []"],
});
hangs("Deno", "a pipe that another process holds keeps the program running", {
  "subprocess/termination": ["does not keep the parent alive"],
});
fails("Deno", "a failed write to a child is reported later if it was small", {
  "subprocess/stream-writer": ["rejects right after a failed write"],
});
hangs("Deno", "a child that exits without reading does not close its stdin", {
  "subprocess/stream-writer": ["fails if the process ends while the source has nothing to send"],
});
fails("Deno", "a failed start is reported later, or with another code", {
  "subprocess/start-failures": [
    "names the working directory if it is a file",
    "rejects with E2BIG and the program's name",
    "rejects with EBADF if a descriptor is not open",
  ],
});
fails("Deno", "STDOUT is a pipe, not a socket", {
  "subprocess/resources": [
    "leaks nothing: a merged pipe each",
    "fails if another process connects to the pipe",
    "is refused with EMFILE, however few descriptors are left for the first pipe",
  ],
  "subprocess/stdio": ["is one kernel object under both descriptors"],
});

fails("WebKit", "it lacks Symbol.dispose, which these tests use", {
  "sync/guard": [
    "releases once: later calls do nothing",
    "releases when its methods are passed on as callbacks",
    "is not wrapped by reactive state",
  ],
});

export const known: readonly Known[] = list;
