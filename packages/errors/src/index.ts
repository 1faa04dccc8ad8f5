export { AbortListener } from "./abort-listener.ts";
export { invalidArgumentType, outOfRange } from "./arguments.ts";
export {
  CancelledError,
  TimeoutError,
  cancellationError,
  isCancelled,
  signalOf,
  type WaitOptions,
} from "./cancellation.ts";
export { ProcessLookupError } from "./process.ts";
export { BrokenBarrierError, InvalidStateError, RuntimeError } from "./state.ts";
export { IncompleteReadError, LimitOverrunError } from "./stream.ts";
