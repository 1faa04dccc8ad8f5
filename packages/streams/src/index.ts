/// <reference lib="esnext.disposable" preserve="true" />
export type { Connection } from "./connection.ts";
export type { ReaderOrigin } from "./reader-adapters.ts";
export type { Separator } from "./separators.ts";
export { StreamReader } from "./stream-reader.ts";
export type {
  ByteSource,
  LinesOptions,
  StreamReaderConstructor,
  StreamReaderOptions,
} from "./stream-reader.ts";
export { StreamWriter } from "./stream-writer.ts";
export type { Data, ExtraInfo, StreamWriterConstructor } from "./stream-writer.ts";
