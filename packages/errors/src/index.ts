export {
  checkedBoolean,
  checkedFunction,
  checkedInteger,
  checkedMilliseconds,
  checkedString,
  invalidArgumentType,
  invalidArgumentValue,
  outOfRange,
} from "./arguments.ts";
export { cancellationError, isCancelled, isTimeout } from "./cancellation.ts";
export { setDebug } from "./debug.ts";
export { checkedOptions, optionNames, signalOf } from "./options.ts";

export { AbortListener } from "./abort-listener.ts";
export { Pending } from "./pending.ts";

export type { OptionNames, WaitOptions } from "./options.ts";
export type { PendingOptions } from "./pending.ts";
export type { LimitOverrunOptions } from "./stream.ts";

export { BrokenBarrierError } from "./broken-barrier.ts";
export { CancelledError, TimeoutError } from "./cancellation.ts";
export { InvalidStateError } from "./invalid-state.ts";
export { ProcessLookupError } from "./process.ts";
export { RuntimeError } from "./runtime.ts";
export { IncompleteReadError, LimitOverrunError } from "./stream.ts";
