export { openConnection } from "./open-connection.ts";
export { openUnixConnection } from "./open-unix-connection.ts";
export { startServer } from "./start-server.ts";
export { startUnixServer } from "./start-unix-server.ts";
export { isCancelled, isTimeout, setDebug } from "@aio/errors";

export { StreamReader } from "./stream-reader-from.ts";
export { StreamWriter } from "./writer/stream-writer.ts";

export type { WaitOptions } from "@aio/errors";
export type { Connection } from "./connect/connection.ts";
export type { Server } from "./server.ts";
export type { Address, TcpAddress, UnixAddress } from "./transport/address.ts";
export type {
  AdoptOptions,
  ClientConnected,
  ConnectOptions,
  InheritedServerOptions,
  InheritedUnixServerOptions,
  ServerErrorInfo,
  ServerOptions,
  StreamOptions,
  TcpOptions,
  TlsOptions,
  UnixConnectOptions,
  UnixServerOptions,
} from "./options.ts";
export type { ByteSource } from "./reader/input.ts";
export type { LinesOptions } from "./reader/lines.ts";
export type { Separator } from "./reader/separators.ts";
export type { StreamReaderOptions } from "./reader/stream-reader.ts";
export type { Chunk, OriginOptions, ReaderOrigin } from "./stream-reader-from.ts";
export type { ClientTls } from "./tls/client.ts";
export type { TlsTimeouts } from "./tls/handshake.ts";
export type { ServerTls } from "./tls/server.ts";
export type { StartTlsOptions } from "./tls/start-tls.ts";
export type { TlsInfo } from "./tls/tls-info.ts";
export type { Data, ExtraInfo, StreamSocket } from "./writer/stream-writer.ts";

export {
  CancelledError,
  IncompleteReadError,
  LimitOverrunError,
  RuntimeError,
  TimeoutError,
} from "@aio/errors";
