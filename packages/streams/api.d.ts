/// <reference lib="esnext.disposable" />
/// <reference types="node" />
import { Readable, Writable, Duplex } from "node:stream";
import { ReadableStream, WritableStream } from "node:stream/web";
import { WaitOptions } from "@aio/errors";
import * as net from "node:net";
import * as tls from "node:tls";
type Address = TcpAddress | UnixAddress;
interface AdoptOptions extends StreamOptions, TcpOptions, TlsTimeouts, WaitOptions {
    readonly socket: net.Socket | Duplex;
    readonly serverSide?: boolean | undefined;
    readonly tls?: ClientTls | ServerTls | undefined;
    readonly serverHostname?: string | undefined;
}
interface ByteSource {
    pause(): void;
    resume(): void;
}
type Chunk = string | NodeJS.ArrayBufferView;
type ClientConnected = (reader: StreamReader, writer: StreamWriter) => void | PromiseLike<void>;
type ClientTls = boolean | tls.SecureContext | tls.ConnectionOptions;
interface CommonServerOptions extends StreamOptions, TlsTimeouts, WaitOptions {
    readonly tls?: ServerTls | undefined;
    readonly backlog?: number | undefined;
    readonly startServing?: boolean | undefined;
    readonly onError?: ((error: unknown, info: ServerErrorInfo) => void) | undefined;
    readonly signal?: AbortSignal | null | undefined;
}
type Connection = readonly [
    reader: StreamReader,
    writer: StreamWriter
] & {
    readonly reader: StreamReader;
    readonly writer: StreamWriter;
} & AsyncDisposable;
interface ConnectOptions extends UnixConnectOptions, TcpOptions {
    readonly family?: 0 | 4 | 6 | undefined;
    readonly localAddress?: string | undefined;
    readonly localPort?: number | undefined;
    readonly lookup?: net.LookupFunction | undefined;
    readonly happyEyeballsDelay?: number | null | undefined;
}
type Data = string | ArrayBufferView;
interface ExtraInfo extends TlsInfo {
    readonly peername: Address;
    readonly sockname: Address;
    readonly socket: StreamSocket;
}
interface InheritedServerOptions extends InheritedUnixServerOptions, TcpOptions {
}
interface InheritedUnixServerOptions extends Omit<CommonServerOptions, "startServing"> {
    readonly fd: number;
}
interface LinesOptions extends WaitOptions {
    readonly encoding?: "utf8" | "latin1" | undefined;
}
declare function openConnection(host: string, port: number, options?: ConnectOptions): Promise<Connection>;
declare function openConnection(options: AdoptOptions): Promise<Connection>;
declare function openUnixConnection(path: string | URL, options?: UnixConnectOptions): Promise<Connection>;
type OriginOptions = Pick<StreamReaderOptions, "limit">;
type ReaderOrigin = Readable | ReadableStream | AsyncIterable<Chunk> | Iterable<Chunk> | Chunk;
type Separator = string | Uint8Array;
declare class Server<A extends Address = Address> implements AsyncDisposable {
    private constructor();
    get addresses(): readonly A[];
    get connections(): number;
    isServing(): boolean;
    startServing(): Promise<void>;
    serveForever(options?: WaitOptions): Promise<void>;
    setSecureContext(tls: ServerTls): void;
    unref(): this;
    ref(): this;
    close(): void;
    closeClients(): void;
    abortClients(): void;
    waitClosed(options?: WaitOptions): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
interface ServerErrorInfo {
    readonly kind: "handler" | "tls" | "accept";
    readonly writer?: StreamWriter | undefined;
    readonly peername?: Address | undefined;
}
interface ServerOptions extends CommonServerOptions, TcpOptions {
    readonly reusePort?: boolean | undefined;
    readonly ipv6Only?: boolean | undefined;
}
type ServerTls = tls.SecureContext | tls.TlsOptions;
declare function startServer(clientConnected: ClientConnected, options: InheritedServerOptions): Promise<Server<TcpAddress>>;
declare function startServer(clientConnected: ClientConnected, host: string | readonly string[] | null, port: number, options?: ServerOptions): Promise<Server<TcpAddress>>;
interface StartTlsOptions extends TlsTimeouts, WaitOptions {
    readonly serverHostname?: string | undefined;
}
declare function startUnixServer(clientConnected: ClientConnected, options: InheritedUnixServerOptions): Promise<Server<UnixAddress>>;
declare function startUnixServer(clientConnected: ClientConnected, path: string | URL, options?: UnixServerOptions): Promise<Server<UnixAddress>>;
interface StreamOptions {
    readonly limit?: number | undefined;
    readonly highWaterMark?: number | undefined;
}
declare class StreamReader extends StreamReader$1 {
    static from(origin: ReaderOrigin, options?: OriginOptions): StreamReader;
}
declare class StreamReader$1 implements AsyncIterable<Buffer> {
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
    static from(target: Writable | WritableStream, options?: {
        readonly highWaterMark?: number | undefined;
    }): StreamWriter;
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
    startTls(settings: ClientTls | ServerTls, options?: StartTlsOptions): Promise<void>;
    get socket(): StreamSocket;
    toWritable(): Writable;
    toWeb(): WritableStream<Data>;
    [Symbol.asyncDispose](): Promise<void>;
}
interface TcpAddress {
    readonly address: string;
    readonly port: number;
    readonly family: 4 | 6;
    readonly path?: undefined;
}
interface TcpOptions {
    readonly keepAlive?: boolean | number | undefined;
    readonly noDelay?: boolean | undefined;
}
interface TlsInfo {
    readonly sslcontext: tls.SecureContext;
    readonly peercert: tls.PeerCertificate;
    readonly authorized: boolean;
    readonly authorizationError: string;
    readonly cipher: tls.CipherNameAndProtocol;
    readonly sslObject: tls.TLSSocket;
}
interface TlsOptions extends TlsTimeouts {
    readonly tls?: ClientTls | undefined;
    readonly serverHostname?: string | undefined;
}
interface TlsTimeouts {
    readonly tlsHandshakeTimeout?: number | undefined;
    readonly tlsShutdownTimeout?: number | undefined;
}
interface UnixAddress {
    readonly path: string;
    readonly address?: undefined;
    readonly port?: undefined;
    readonly family?: undefined;
}
interface UnixConnectOptions extends StreamOptions, TlsOptions, WaitOptions {
}
interface UnixServerOptions extends CommonServerOptions {
    readonly cleanupSocket?: boolean | undefined;
}
export { CancelledError, IncompleteReadError, LimitOverrunError, RuntimeError, TimeoutError, type WaitOptions, isCancelled, isTimeout, setDebug } from "@aio/errors";
export { type Server, StreamReader, StreamWriter, openConnection, openUnixConnection, startServer, startUnixServer };
export type { Address, AdoptOptions, ByteSource, Chunk, ClientConnected, ClientTls, ConnectOptions, Connection, Data, ExtraInfo, InheritedServerOptions, InheritedUnixServerOptions, LinesOptions, OriginOptions, ReaderOrigin, Separator, ServerErrorInfo, ServerOptions, ServerTls, StartTlsOptions, StreamOptions, StreamReaderOptions, StreamSocket, TcpAddress, TcpOptions, TlsInfo, TlsOptions, TlsTimeouts, UnixAddress, UnixConnectOptions, UnixServerOptions };
