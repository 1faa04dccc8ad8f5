export type { ReaderOrigin } from "./reader-adapters.ts";
export type { Separator } from "./separators.ts";
export { StreamReader } from "./stream-reader.ts";
export type {
  ByteSource,
  LinesOptions,
  StreamReaderConstructor,
  StreamReaderOptions,
} from "./stream-reader.ts";
