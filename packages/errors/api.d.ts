/// <reference lib="esnext.disposable" />
declare abstract class AbortListener {
    get activity(): string | undefined;
    abstract onAbort(error: CancelledError | TimeoutError): void;
    listenTo(signal: AbortSignal): void;
    stopListening(): void;
}
declare class BrokenBarrierError extends RuntimeError {
    readonly name: "BrokenBarrierError";
    readonly code: "ERR_BROKEN_BARRIER";
}
declare function cancellationError(signal: AbortSignal, activity?: string): CancelledError | TimeoutError;
declare class CancelledError extends Error {
    readonly name: "AbortError";
    readonly code: "ABORT_ERR";
    constructor(message?: string, options?: ErrorOptions);
}
declare function checkedBoolean(name: string, value: unknown): boolean;
declare function checkedFunction<F>(name: string, value: F): F;
declare function checkedInteger(name: string, value: unknown, least: number, most?: number): number;
declare function checkedMilliseconds(name: string, value: unknown, least?: number): number;
declare function checkedOptions<O extends object>(options: O | undefined, names: OptionNames): Partial<O>;
declare function checkedString(name: string, value: unknown): string;
declare class IncompleteReadError extends Error {
    readonly name: "IncompleteReadError";
    readonly code: "ERR_INCOMPLETE_READ";
    readonly expected: number | undefined;
    constructor(partial: Uint8Array, expected?: number);
    get partial(): Uint8Array;
}
declare function invalidArgumentType(name: string, expected: string, value: unknown): TypeError;
declare function invalidArgumentValue(message: string): TypeError & {
    readonly code: string;
};
declare class InvalidStateError extends Error {
    readonly name: "InvalidStateError";
    readonly code: "ERR_INVALID_STATE";
}
declare function isCancelled(error: unknown, signal?: AbortSignal | null): error is CancelledError;
declare function isTimeout(error: unknown, signal?: AbortSignal | null): error is TimeoutError;
declare class LimitOverrunError extends Error {
    readonly name: "LimitOverrunError";
    readonly code: "ERR_LIMIT_OVERRUN";
    readonly consumed: number;
    readonly limit: number | undefined;
    constructor(message: string, consumed: number, options?: LimitOverrunOptions);
}
interface LimitOverrunOptions extends ErrorOptions {
    readonly limit?: number | undefined;
    readonly option?: string | undefined;
}
interface OptionNames {
    readonly known: ReadonlySet<string>;
    readonly elsewhere: ReadonlyMap<string, string>;
}
declare function optionNames(names: readonly string[], elsewhere?: Readonly<Record<string, string>>): OptionNames;
declare function outOfRange(name: string, expected: string, value: unknown): RangeError;
declare class Pending<T> extends AbortListener {
    readonly promise: Promise<T>;
    constructor(signal?: AbortSignal | null, options?: PendingOptions);
    get settled(): boolean;
    get activity(): string | undefined;
    resolve(value: T): void;
    reject(error: unknown): void;
    onAbort(error: CancelledError | TimeoutError): void;
}
interface PendingOptions {
    readonly activity?: string | undefined;
    readonly onSettled?: (() => void) | undefined;
}
declare class ProcessLookupError extends Error {
    readonly name: "ProcessLookupError";
    readonly code: "ESRCH";
}
declare class RuntimeError extends Error {
    readonly name: string;
    readonly code: string;
}
declare function setDebug(enabled: boolean): void;
declare function signalOf(options: WaitOptions | undefined, names?: OptionNames): AbortSignal | undefined;
declare class TimeoutError extends Error {
    readonly name: "TimeoutError";
    readonly code: "ETIMEDOUT";
    constructor(message?: string, options?: ErrorOptions);
}
interface WaitOptions {
    readonly signal?: AbortSignal | null | undefined;
}
export { AbortListener, BrokenBarrierError, CancelledError, IncompleteReadError, InvalidStateError, LimitOverrunError, Pending, ProcessLookupError, RuntimeError, TimeoutError, cancellationError, checkedBoolean, checkedFunction, checkedInteger, checkedMilliseconds, checkedOptions, checkedString, invalidArgumentType, invalidArgumentValue, isCancelled, isTimeout, optionNames, outOfRange, setDebug, signalOf };
export type { LimitOverrunOptions, OptionNames, PendingOptions, WaitOptions };
