/// <reference lib="esnext.disposable" />
/// <reference types="node" />
import { WaitOptions } from "@aio/errors";
import { ReadStream, WriteStream } from "node:fs";
import { Readable, Duplex, Writable } from "node:stream";
import { ReadableStream, WritableStream } from "node:stream/web";
import * as net from "node:net";
import * as tls from "node:tls";
type Address = TcpAddress | UnixAddress;
type Asked<Options, Name> = Name extends keyof Options ? Options[Name] : undefined;
interface ByteSource {
    pause(): void;
    resume(): void;
}
type Checked<Options> = [
    Exclude<keyof Options, keyof SubprocessOptions>
] extends [
    never
] ? Options : SubprocessOptions;
interface CommunicateOptions extends WaitOptions {
    readonly maxOutput?: number | undefined;
}
declare function createSubprocessExec<const Options extends SubprocessOptions = {}>(program: string | URL, args?: readonly string[], options?: Checked<Options>): Promise<ProcessOf<Options>>;
declare function createSubprocessShell<const Options extends SubprocessOptions = {}>(command: string, options?: Checked<Options>): Promise<ProcessOf<Options>>;
type Data = string | ArrayBufferView;
type Descriptor = number | OpenFile | ReadStream | WriteStream;
declare const DEVNULL: "devnull";
type Environment = Readonly<Record<string, string | undefined>>;
interface ExtraInfo {
    readonly peername: Address;
    readonly sockname: Address;
    readonly socket: StreamSocket;
    readonly sslcontext: tls.SecureContext;
    readonly peercert: tls.PeerCertificate;
    readonly authorized: boolean;
    readonly authorizationError: string;
    readonly cipher: tls.CipherNameAndProtocol;
    readonly sslObject: tls.TLSSocket;
}
type Input<I> = [
    I
] extends [
    null
] ? null : Data | null;
interface LinesOptions extends WaitOptions {
    readonly encoding?: "utf8" | "latin1" | undefined;
}
interface OpenFile {
    readonly fd: number;
}
declare function openPipe(): Promise<Pipe>;
type Output<T> = T extends null ? null : Buffer;
declare const PIPE: "pipe";
interface Pipe {
    readonly read: PipeEnd;
    readonly write: PipeEnd;
}
interface PipeEnd extends Disposable {
    readonly fd: number;
    close(): void;
}
type PipeOrNull<S, T> = [
    S
] extends [
    typeof PIPE
] ? T : typeof PIPE extends S ? T | null : null;
declare class Process<I = StreamWriter | null, O = StreamReader | null, E = StreamReader | null> implements AsyncDisposable {
    readonly pid: number;
    private constructor();
    get returncode(): number | null;
    get stdin(): I;
    get stdout(): O;
    get stderr(): E;
    wait(options?: WaitOptions): Promise<number>;
    communicate(input?: Input<I>, options?: CommunicateOptions): Promise<[
        stdout: Output<O>,
        stderr: Output<E>
    ]>;
    sendSignal(signal: NodeJS.Signals | number): void;
    terminate(): void;
    kill(): void;
    unref(): void;
    ref(): void;
    [Symbol.asyncDispose](): Promise<void>;
}
type ProcessOf<Options> = Process<PipeOrNull<Asked<Options, "stdin">, StreamWriter>, PipeOrNull<Asked<Options, "stdout">, StreamReader>, PipeOrNull<Asked<Options, "stderr">, StreamReader>>;
type Separator = string | Uint8Array;
type Stderr = typeof PIPE | typeof DEVNULL | typeof STDOUT | Descriptor | undefined;
type Stdin = typeof PIPE | typeof DEVNULL | Descriptor | undefined;
declare const STDOUT: "stdout";
type Stdout = typeof PIPE | typeof DEVNULL | Descriptor | undefined;
declare class StreamReader implements AsyncIterable<Buffer> {
    constructor(options?: StreamReaderOptions);
    read(size?: number, options?: WaitOptions): Promise<Buffer>;
    readexactly(size: number, options?: WaitOptions): Promise<Buffer>;
    readuntil(separator?: Separator | readonly Separator[], options?: WaitOptions): Promise<Buffer>;
    readline(options?: WaitOptions): Promise<Buffer>;
    lines(options?: LinesOptions): AsyncIterableIterator<string>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Buffer>;
    readinto(target: NodeJS.ArrayBufferView, options?: WaitOptions): Promise<number>;
    readNowait(size?: number): Buffer | null;
    readexactlyNowait(size: number): Buffer | null;
    readuntilNowait(separator?: Separator | readonly Separator[]): Buffer | null;
    readlineNowait(): Buffer | null;
    get bufferedLength(): number;
    atEof(): boolean;
    exception(): Error | null;
    toReadable(): Readable;
    toWeb(): ReadableStream<Uint8Array>;
    feedData(data: string | NodeJS.ArrayBufferView): void;
    feedEof(): void;
    setException(error: Error): void;
}
interface StreamReaderOptions {
    readonly limit?: number | undefined;
    readonly source?: ByteSource | undefined;
}
type StreamSocket = Duplex & Partial<Pick<net.Socket, "ref" | "setKeepAlive" | "setNoDelay" | "unref">>;
declare class StreamWriter implements AsyncDisposable {
    private constructor();
    write(data: Data): void;
    writelines(chunks: Iterable<Data>): void;
    flush(): void;
    drain(options?: WaitOptions): Promise<void>;
    get needsDrain(): boolean;
    writeEof(): void;
    canWriteEof(): boolean;
    close(): void;
    abort(): void;
    isClosing(): boolean;
    waitClosed(options?: WaitOptions): Promise<void>;
    getExtraInfo<Name extends string, Fallback = undefined>(name: Name, fallback?: Fallback): (Name extends keyof ExtraInfo ? ExtraInfo[Name] : never) | Fallback;
    startTls(tls: unknown, options?: unknown): Promise<void>;
    get socket(): StreamSocket;
    toWritable(): Writable;
    toWeb(): WritableStream<Data>;
    [Symbol.asyncDispose](): Promise<void>;
}
interface SubprocessOptions extends WaitOptions {
    readonly signal?: AbortSignal | null | undefined;
    readonly stdin?: Stdin;
    readonly stdout?: Stdout;
    readonly stderr?: Stderr;
    readonly limit?: number | undefined;
    readonly cwd?: string | URL | undefined;
    readonly env?: Environment | undefined;
    readonly executable?: string | URL | undefined;
    readonly startNewSession?: boolean | undefined;
    readonly umask?: number | undefined;
    readonly user?: number | string | undefined;
    readonly group?: number | string | undefined;
    readonly passFds?: readonly number[] | undefined;
    readonly graceMs?: number | undefined;
    readonly killTree?: boolean | undefined;
    readonly pipes?: "os" | undefined;
    readonly windowsHide?: boolean | undefined;
}
interface TcpAddress {
    readonly address: string;
    readonly port: number;
    readonly family: 4 | 6;
    readonly path?: undefined;
}
interface UnixAddress {
    readonly path: string;
    readonly address?: undefined;
    readonly port?: undefined;
    readonly family?: undefined;
}
export { CancelledError, IncompleteReadError, LimitOverrunError, ProcessLookupError, RuntimeError, TimeoutError, type WaitOptions, isCancelled, isTimeout, setDebug } from "@aio/errors";
export { DEVNULL, PIPE, type Process, STDOUT, type StreamReader, type StreamWriter, createSubprocessExec, createSubprocessShell, openPipe };
export type { Address, Asked, Checked, CommunicateOptions, Data, Descriptor, Environment, ExtraInfo, Input, LinesOptions, OpenFile, Output, Pipe, PipeEnd, PipeOrNull, ProcessOf, Separator, Stderr, Stdin, Stdout, StreamSocket, SubprocessOptions, TcpAddress, UnixAddress };
