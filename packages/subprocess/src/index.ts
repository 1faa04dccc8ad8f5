export { createSubprocessExec, createSubprocessShell } from "./create-subprocess.ts";
export { openPipe } from "./open-pipe.ts";
export { DEVNULL, PIPE, STDOUT } from "./stdio.ts";
export { isCancelled, isTimeout, setDebug } from "@aio/errors";

export type { Checked } from "./create-subprocess.ts";
export type { Asked, Input, Output, Process, ProcessOf } from "./process.ts";
export type { StreamReader } from "./reader/stream-reader.ts";
export type { LinesOptions } from "./reader/lines.ts";
export type { Separator } from "./reader/separators.ts";
export type { Data, StreamWriter } from "./stream-writer.ts";
export type { Address, ExtraInfo, StreamSocket, TcpAddress, UnixAddress } from "./extra-info.ts";
export type { SubprocessOptions } from "./options.ts";
export type { CommunicateOptions } from "./communicate.ts";
export type { WaitOptions } from "@aio/errors";
export type { Descriptor, OpenFile, PipeOrNull, Stderr, Stdin, Stdout } from "./stdio.ts";
export type { Environment } from "./spawn/checked-text.ts";
export type { Pipe, PipeEnd } from "./open-pipe.ts";

export {
  CancelledError,
  IncompleteReadError,
  LimitOverrunError,
  ProcessLookupError,
  RuntimeError,
  TimeoutError,
} from "@aio/errors";
