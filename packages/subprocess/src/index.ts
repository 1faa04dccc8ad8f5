/// <reference lib="esnext.disposable" preserve="true" />
export {
  CancelledError,
  IncompleteReadError,
  LimitOverrunError,
  ProcessLookupError,
  RuntimeError,
  TimeoutError,
  type WaitOptions,
} from "@aio/errors";
export { createSubprocessExec, createSubprocessShell } from "./create-subprocess.ts";
export type { CommunicateOptions } from "./communicate.ts";
export type { Environment } from "./spawn/environment.ts";
export { type PipeEnd, openPipe } from "./open-pipe.ts";
export type { SubprocessOptions } from "./options.ts";
export type { Input, Output, Process, ProcessOf } from "./process.ts";
export {
  DEVNULL,
  PIPE,
  STDOUT,
  type Descriptor,
  type Slot,
  type Stderr,
  type Stdin,
  type Stdout,
} from "./stdio.ts";
export type { LinesOptions } from "./reader/lines.ts";
export type { Separator } from "./reader/separators.ts";
export type { StreamReader } from "./reader/stream-reader.ts";
export type { Data, StreamWriter } from "./stream-writer.ts";
