import { knownOn } from "./known-failure.ts";

const { list, fails, failsOutside, failsSometimes, hangs } = knownOn("Deno");

export { list as knownOnDeno };

fails("Deno's own frames between a listener and abort() use up the ten that V8 records", {
  "errors/abort-listener-faults": ["has a stack that shows the abort"],
});
fails("the error of events.once() does not have the reason of the signal as its cause", {
  "errors/cancellation": ["is true for the error of Node's calls when"],
});
fails("no listener runs after one that calls stopImmediatePropagation()", {
  "sync/platform.node": ["rejects on the abort even if an earlier listener stops the event"],
});
fails("a signal from AbortSignal.timeout() has no mark, so its waits record no stack", {
  "sync/platform.node": [
    "has the caller in the error's stack when AbortSignal.timeout() ends the wait",
  ],
});
fails("the handle of a listening socket cannot be passed to a child process", {
  "streams/start-server": ["startServer({ fd }) >"],
  "streams/start-unix-server": ["startUnixServer({ fd }) >"],
});
fails("only Node has its permission model", {
  "streams/start-server": ["A program under Node's permission model >"],
});
fails("an address that the machine lacks is EINVAL, not EADDRNOTAVAIL", {
  "streams/open-connection": ["connects from localAddress and localPort"],
  "streams/start-server": ["rejects with EADDRNOTAVAIL", "skips an address that this machine"],
});
fails("its TLS, rustls, words errors its own way, and gives them no ERR_SSL code", {
  "streams/server": ["still requests client certificates"],
  "streams/tls": ["keeps serving after failed handshakes"],
  "streams/tls-info": ["reports a client without a certificate"],
});
fails("a write that fails is ECANCELED before the socket's error tells why", {
  "streams/writer-from": ["fails with the error of either side"],
});
fails("process.getActiveResourcesInfo() does not list what these tests count", {
  "streams/open-connection": ["is typed with what a net.Socket adds to a Duplex"],
  "streams/server": ["lets the program end while the server listens, until ref()"],
});
fails("keys and certificates are read at the first handshake", {
  "streams/server": ["throws for an invalid key, and keeps its certificate"],
  "streams/settings": ["refuses an invalid key with Node's error"],
});
fails("ipv6Only is ignored", { "streams/start-server": ["with ipv6Only"] });
fails("servername is null instead of false, and authorized is true without a certificate request", {
  "streams/tls": ["sends a host name as SNI, but never an address"],
  "streams/tls-info": ["reports unauthorized if no certificate was requested"],
});
hangs("Deno panics when no descriptor is left", {
  "streams/abuse": ["rejects new connections, and serves again once descriptors are free"],
});
hangs("errors of TLS callbacks are uncaught, or stop the handshake; PSK is not supported", {
  "streams/tls-callbacks": [""],
});
hangs("a TLS server, even Deno's own, can stall while it reads from a client", {
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
    "still drops the peer's input if a read that waits for it is aborted next",
  ],
});
fails("operating system pipes are refused in a child process, or at another time", {
  "subprocess/cancellation": ["while its operating system pipes are created"],
  "subprocess/os-pipes": [""],
  "subprocess/refusing-signals": ['createSubprocessShell({ pipes: "os" })'],
  "subprocess/resources": [
    "leaks nothing: operating system pipes",
    "leave the parent's descriptors and memory unchanged, and no zombie",
  ],
  "subprocess/snapshot": ["it needs operating system pipes"],
});
fails("the arguments of a Deno child are rewritten; a child gets an extra descriptor", {
  "subprocess/create-subprocess": [
    "passes the arguments unchanged, without a shell",
    "passes the listed descriptors to the child under the same numbers",
  ],
});
hangs("there are no real-time signals", {
  "subprocess/process": ["send a real-time signal"],
});
fails("process.setgroups() is missing", {
  "subprocess/start-failures": ["says that changing the user is not permitted"],
  "subprocess/termination": ["A process that the parent may not signal >"],
});
hangs("process.setgroups() is missing, and the child keeps the program running", {
  "subprocess/termination": ["Descendants that the parent may not signal >"],
});
failsSometimes("Deno panics when no descriptors are left", {
  "subprocess/kill-tree": ["killTree, when no descriptors are left >"],
});
failsOutside("what a failed test left is still there when the file ends", {
  "subprocess/resources": ["to deeply equal []"],
  "subprocess/snapshot": ["to deeply equal []"],
});
hangs("a pipe that another process holds keeps the program running", {
  "subprocess/termination": ["does not keep the parent alive"],
});
fails("a failed write to a child is reported later if it was small", {
  "subprocess/stream-writer": ["rejects right after a failed write"],
});
hangs("a child that exits without reading does not close its stdin", {
  "subprocess/stream-writer": ["fails if the process ends while the source has nothing to send"],
});
fails("a failed start is reported later, or with another code", {
  "subprocess/start-failures": [
    "names the working directory if it is a file",
    "rejects with E2BIG and the program's name",
    "rejects with EBADF if a descriptor is not open",
  ],
});
fails("STDOUT is a pipe, not a socket", {
  "subprocess/resources": [
    "leaks nothing: a merged pipe each",
    "fails if another process connects to the pipe",
    "is refused with EMFILE, however few descriptors are left for the first pipe",
  ],
  "subprocess/stdio": ["is one kernel object under both descriptors"],
});
hangs("a TLS client that does not trust its peer fails outside its socket's events", {
  "streams/tls-info": ["rejects on a TLS 1.2 client that has sent its part"],
});
hangs("a worker of a cluster that blocks does not end with its primary", {
  "streams/start-server": ["accepts clients that arrive together with the primary's answer"],
});
