import type * as net from "node:net";
import {
  checkedBoolean,
  checkedFunction,
  checkedInteger,
  invalidArgumentType,
  optionNames,
  signalOf,
} from "@aio/errors";
import type {
  ClientConnected,
  CommonServerOptions,
  InheritedServerOptions,
  InheritedUnixServerOptions,
  ServerOptions,
  TcpOptions,
  UnixServerOptions,
} from "../options.ts";
import { unavailable } from "../platform.ts";
import {
  commonSettings,
  foreignNames,
  streamNames,
  tcpNames,
  tlsNames,
} from "../shared-settings.ts";
import { TlsAcceptor } from "../tls/server.ts";
import type { TransportSettings } from "../transport/transport.ts";

/** How a server treats its clients. */
export interface ServerSettings {
  readonly clientConnected: ClientConnected;
  readonly transport: TransportSettings;
  readonly tls: TlsAcceptor | undefined;
  readonly onError: CommonServerOptions["onError"];
  readonly socketOptions: net.ServerOpts;
  readonly backlog: number;
  readonly startServing: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Check the options of startServer(). */
export function serverSettings(
  clientConnected: unknown,
  options: ServerOptions | undefined,
): ServerSettings & { readonly ipv6Only: boolean | undefined; readonly reusePort: boolean } {
  const signal = signalOf(options, serverNames);
  const given = options ?? {};
  const { ipv6Only, reusePort = false, startServing = true } = given;
  if (checkedBoolean("reusePort", reusePort) && !hasReusePort()) {
    throw unavailable("reusePort", "Node 22.12");
  }
  return {
    ...listeningSettings(clientConnected, given, signal),
    startServing: checkedBoolean("startServing", startServing),
    ipv6Only: ipv6Only === undefined ? undefined : checkedBoolean("ipv6Only", ipv6Only),
    reusePort,
  };
}

/** Check the options of startUnixServer(). */
export function unixServerSettings(
  clientConnected: unknown,
  options: UnixServerOptions | undefined,
): ServerSettings & { readonly cleanupSocket: boolean } {
  const signal = signalOf(options, unixServerNames);
  const given = options ?? {};
  const { cleanupSocket = true, startServing = true } = given;
  return {
    ...listeningSettings(clientConnected, given, signal),
    socketOptions: { allowHalfOpen: true },
    startServing: checkedBoolean("startServing", startServing),
    cleanupSocket: checkedBoolean("cleanupSocket", cleanupSocket),
  };
}

/** Check the options of startServer() with an inherited socket. */
export function inheritedSettings(
  clientConnected: unknown,
  options: InheritedServerOptions,
): ServerSettings & { readonly fd: number } {
  const signal = signalOf(options, inheritedNames);
  const fd = checkedDescriptor(options.fd);
  return { ...listeningSettings(clientConnected, options, signal), fd };
}

/** Check the options of startUnixServer() with an inherited socket. */
export function inheritedUnixSettings(
  clientConnected: unknown,
  options: InheritedUnixServerOptions,
): ServerSettings & { readonly fd: number } {
  const signal = signalOf(options, inheritedUnixNames);
  const fd = checkedDescriptor(options.fd);
  const socketOptions = { allowHalfOpen: true };
  return { ...listeningSettings(clientConnected, options, signal), socketOptions, fd };
}

function listeningSettings(
  clientConnected: unknown,
  options: Omit<CommonServerOptions, "startServing"> & TcpOptions,
  signal: AbortSignal | undefined,
): ServerSettings {
  const { tls, backlog = 100, onError } = options;
  const hasTls = tls !== undefined;
  const { transport, tcp, tlsHandshakeTimeout } = commonSettings(options, hasTls, "server");
  return {
    clientConnected: checkedFunction("clientConnected", clientConnected) as ClientConnected,
    transport,
    tls: hasTls ? new TlsAcceptor(tls, tlsHandshakeTimeout) : undefined,
    onError: onError && checkedFunction<typeof onError>("onError", onError),
    socketOptions: { allowHalfOpen: true, ...tcp },
    backlog: checkedInteger("backlog", backlog, 1, 2 ** 31 - 1),
    startServing: true,
    signal,
  };
}

function checkedDescriptor(fd: unknown): number {
  return checkedInteger("fd", fd, 0, 2 ** 31 - 1);
}

/** The hosts to listen on; none for all interfaces. */
export function checkedHosts(host: unknown): string[] {
  if (host === null || host === "") return [];
  const hosts: unknown[] = Array.isArray(host) ? host : [host];
  if (hosts.length > 0 && hosts.every((each) => typeof each === "string" && each !== "")) {
    return hosts as string[];
  }
  throw invalidArgumentType("host", "a string, strings or null", host);
}

function hasReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

const foreignServerNames = {
  ...foreignNames,
  client_connected_cb: "the first argument",
  host: "the second argument",
  port: "the third argument",
  path: "startUnixServer()",
  sock: "{ fd } as the second argument",
  fd: "{ fd } as the second argument",
  reuse_address: "no option: Node always sets it",
  exclusive: "reusePort",
  pauseOnConnect: "no option: what is not read stops the peer",
};

const commonServerNames = [...streamNames, ...tlsNames, "backlog", "onError"] as const;

const serverNames = optionNames(
  [...commonServerNames, ...tcpNames, "startServing", "reusePort", "ipv6Only"],
  { ...foreignServerNames, family: 'the host "0.0.0.0" or "::"' },
);

const unixServerNames = optionNames([...commonServerNames, "startServing", "cleanupSocket"], {
  ...foreignServerNames,
  path: "the second argument",
});

const foreignInheritedNames = { ...foreignServerNames, sock: "fd" };
const inheritedNames = optionNames(
  [...commonServerNames, ...tcpNames, "fd"],
  foreignInheritedNames,
);
const inheritedUnixNames = optionNames([...commonServerNames, "fd"], foreignInheritedNames);
