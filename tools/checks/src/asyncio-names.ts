import type { PackageName } from "./repository.ts";

/** A name of asyncio that a package here has, or leaves out for a reason. */
export interface AsyncioName {
  /** The Python name. */
  readonly name: string;
  readonly module: "asyncio" | "asyncio.subprocess" | "builtins";
  readonly in: PackageName;
  // Lists are space-separated words, to keep a table of two hundred names short.
  /** The names of its parameters in Python; for a class, those of its constructor. */
  readonly parameters?: string;
  /** Methods with their parameters, as in `wait() notify(n)`. */
  readonly methods?: string;
  readonly attributes?: string;
  /** Attributes that Python sets on each instance, so that its class lacks them. */
  readonly ownAttributes?: string;
}

const tls = "ssl ssl_handshake_timeout ssl_shutdown_timeout";
const serve = `limit ${tls} sock backlog start_serving`;
// The parameters of subprocess.Popen that asyncio passes on.
const spawn = `stdin stdout stderr limit cwd env executable preexec_fn close_fds pass_fds
  restore_signals start_new_session process_group user group extra_groups umask startupinfo
  creationflags pipesize`;

/** The names of asyncio's high-level API, as of CPython 3.13. */
export const asyncioNames: readonly AsyncioName[] = [
  { name: "CancelledError", module: "asyncio", in: "errors" },
  { name: "TimeoutError", module: "asyncio", in: "errors" },
  { name: "InvalidStateError", module: "asyncio", in: "errors" },
  { name: "BrokenBarrierError", module: "asyncio", in: "errors" },
  {
    name: "IncompleteReadError",
    module: "asyncio",
    in: "errors",
    parameters: "partial expected",
    ownAttributes: "partial expected",
  },
  {
    name: "LimitOverrunError",
    module: "asyncio",
    in: "errors",
    parameters: "message consumed",
    ownAttributes: "consumed",
  },
  { name: "SendfileNotAvailableError", module: "asyncio", in: "errors" },
  { name: "RuntimeError", module: "builtins", in: "errors" },
  { name: "ProcessLookupError", module: "builtins", in: "errors" },

  { name: "Lock", module: "asyncio", in: "sync", methods: "acquire() locked() release()" },
  {
    name: "Event",
    module: "asyncio",
    in: "sync",
    methods: "clear() is_set() set() wait()",
  },
  {
    name: "Condition",
    module: "asyncio",
    in: "sync",
    parameters: "lock",
    methods: "notify(n) notify_all() wait() wait_for(predicate)",
    // Each condition takes them from its lock.
    ownAttributes: "acquire locked release",
  },
  {
    name: "Semaphore",
    module: "asyncio",
    in: "sync",
    parameters: "value",
    methods: "acquire() locked() release()",
  },
  {
    name: "BoundedSemaphore",
    module: "asyncio",
    in: "sync",
    parameters: "value",
    methods: "acquire() locked() release()",
  },
  {
    name: "Barrier",
    module: "asyncio",
    in: "sync",
    parameters: "parties",
    methods: "abort() reset() wait()",
    attributes: "broken n_waiting parties",
  },

  {
    name: "open_connection",
    module: "asyncio",
    in: "streams",
    parameters: `host port limit ${tls} server_hostname family proto flags sock local_addr
      happy_eyeballs_delay interleave all_errors`,
  },
  {
    name: "open_unix_connection",
    module: "asyncio",
    in: "streams",
    parameters: `path limit ${tls} server_hostname sock`,
  },
  {
    name: "start_server",
    module: "asyncio",
    in: "streams",
    parameters: `client_connected_cb host port ${serve} family flags reuse_address reuse_port
      keep_alive`,
  },
  {
    name: "start_unix_server",
    module: "asyncio",
    in: "streams",
    parameters: `client_connected_cb path ${serve} cleanup_socket`,
  },
  {
    name: "StreamReader",
    module: "asyncio",
    in: "streams",
    parameters: "limit loop",
    methods: `at_eof() exception() feed_data(data) feed_eof() read(n) readexactly(n)
      readline() readuntil(separator) set_exception(exc) set_transport(transport)`,
  },
  {
    name: "StreamWriter",
    module: "asyncio",
    in: "streams",
    parameters: "transport protocol reader loop",
    methods: `can_write_eof() close() drain() get_extra_info(name,default) is_closing()
      start_tls(sslcontext,server_hostname,ssl_handshake_timeout,ssl_shutdown_timeout)
      wait_closed() write(data) write_eof() writelines(data)`,
    attributes: "transport",
  },
  {
    name: "Server",
    module: "asyncio",
    in: "streams",
    methods: `abort_clients() close() close_clients() get_loop() is_serving() serve_forever()
      start_serving() wait_closed()`,
    attributes: "sockets",
  },
  { name: "StreamReaderProtocol", module: "asyncio", in: "streams" },

  {
    name: "create_subprocess_exec",
    module: "asyncio",
    in: "subprocess",
    parameters: `program args ${spawn}`,
  },
  {
    name: "create_subprocess_shell",
    module: "asyncio",
    in: "subprocess",
    parameters: `cmd ${spawn}`,
  },
  {
    name: "Process",
    module: "asyncio.subprocess",
    in: "subprocess",
    methods: "communicate(input) kill() send_signal(signal) terminate() wait()",
    attributes: "returncode",
    ownAttributes: "pid stdin stdout stderr",
  },
  { name: "PIPE", module: "asyncio.subprocess", in: "subprocess" },
  { name: "STDOUT", module: "asyncio.subprocess", in: "subprocess" },
  { name: "DEVNULL", module: "asyncio.subprocess", in: "subprocess" },
];

/** Names that are different here, or missing. The pattern matches a name with its owner. */
export interface Difference {
  readonly names: RegExp;
  /** The name here, unless it is left out. */
  readonly here?: string;
  readonly why: string;
}

/** The intended differences from asyncio. */
export const differences: readonly Difference[] = [
  { names: /^SendfileNotAvailableError$/, why: "nothing here sends files" },
  { names: /^StreamReaderProtocol$/, why: "there are no protocols: a reader is fed by its source" },
  { names: /\bget_loop\(\)$|\(loop\)$/, why: "there is one event loop, so it needs no name" },
  { names: /\.set_transport\(\)$/, why: "a reader's source is an option of its constructor" },
  { names: /\(transport\)$/, why: "there are no transports" },
  {
    names: /^StreamWriter\((?:protocol|reader)\)$/,
    why: "writers are created with their connections",
  },
  { names: /^StreamWriter\.transport$/, here: "socket", why: "the transport is Node's socket" },
  { names: /^Server\.sockets$/, here: "addresses", why: "Node exposes addresses, not sockets" },
  { names: /\(client_connected_cb\)$/, here: "clientConnected", why: "no abbreviations" },
  { names: /\(ssl(?:context)?\)$/, here: "tls", why: "Node's word" },
  { names: /\(ssl_handshake_timeout\)$/, here: "tlsHandshakeTimeout", why: "Node's word" },
  { names: /\(ssl_shutdown_timeout\)$/, here: "tlsShutdownTimeout", why: "Node's word" },
  { names: /^start_.*\(sock\)$/, why: "Node cannot take over a bare listening descriptor" },
  { names: /^open_unix_connection\(sock\)$/, why: "openConnection({ socket }) takes any socket" },
  { names: /\(sock\)$/, here: "socket", why: "no abbreviations" },
  { names: /\(local_addr\)$/, here: "localAddress", why: "Node's word, with localPort" },
  { names: /\((?:proto|flags)\)$/, why: "Node's sockets do not support it" },
  { names: /^start_.*\(family\)$/, why: "the address to listen on determines it" },
  { names: /\(interleave\)$/, why: "families always alternate, as in RFC 8305" },
  { names: /\(all_errors\)$/, why: "several failures always come as one AggregateError" },
  { names: /\(reuse_address\)$/, why: "Node always sets it" },
  { names: /\(cmd\)$/, here: "command", why: "no abbreviations" },
  { names: /\(preexec_fn\)$/, why: "JavaScript cannot run between fork and exec" },
  { names: /\(close_fds\)$/, why: "descriptors are always closed, except those in passFds" },
  { names: /\((?:restore_signals|process_group|extra_groups)\)$/, why: "needs a wrapper program" },
  {
    names: /\((?:startupinfo|creationflags)\)$/,
    here: "windowsHide",
    why: "the only such option in Node",
  },
  { names: /\(pipesize\)$/, why: "Node cannot set it" },
];

/** Parameters of `subprocess.Popen` that asyncio itself refuses. */
export const refusedByAsyncio: readonly string[] =
  "args bufsize shell universal_newlines encoding errors text".split(" ");
