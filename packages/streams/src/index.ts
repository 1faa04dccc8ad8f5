/// <reference lib="esnext.disposable" preserve="true" />
export type { Connection } from "./connection.ts";
export { StreamReader } from "./stream-reader-from.ts";
export type { ReaderOrigin } from "./stream-reader-from.ts";
export type { ByteSource } from "./reader/input.ts";
export type { LinesOptions } from "./reader/lines.ts";
export type { Separator } from "./reader/separators.ts";
export type { StreamReaderOptions } from "./reader/stream-reader.ts";
export { StreamWriter } from "./writer/stream-writer.ts";
export type { Data, ExtraInfo, StreamWriterConstructor } from "./writer/stream-writer.ts";
export type { Address, TcpAddress, UnixAddress } from "./address.ts";
export { openConnection } from "./open-connection.ts";
export { openUnixConnection } from "./open-unix-connection.ts";
export type {
  AdoptOptions,
  ClientConnected,
  ClientTls,
  ConnectOptions,
  ServerErrorInfo,
  ServerOptions,
  ServerTls,
  StreamOptions,
  TlsOptions,
  TlsTimeouts,
  UnixConnectOptions,
  UnixServerOptions,
} from "./options.ts";
export type { Server } from "./server.ts";
export { startServer } from "./start-server.ts";
export type { StartTlsOptions } from "./tls/start-tls.ts";
export { startUnixServer } from "./start-unix-server.ts";
export {
  CancelledError,
  IncompleteReadError,
  LimitOverrunError,
  RuntimeError,
  TimeoutError,
  type WaitOptions,
} from "@aio/errors";
