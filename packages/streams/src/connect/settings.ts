import * as net from "node:net";
import { Duplex } from "node:stream";
import {
  checkedBoolean,
  checkedFunction,
  checkedMilliseconds,
  checkedString,
  invalidArgumentType,
  invalidArgumentValue,
  optionNames,
  outOfRange,
  signalOf,
} from "@aio/errors";
import type { AdoptOptions, ConnectOptions, TcpOptions, UnixConnectOptions } from "../options.ts";
import {
  type CommonSettings,
  checkNeedsTls,
  checkNotGiven,
  checkedPort,
  commonSettings,
  foreignNames,
  socketPath,
  streamNames,
  tcpNames,
  tlsNames,
} from "../shared-settings.ts";
import { TlsClient, defaultServerHostname } from "../tls/client.ts";
import type { TlsSide } from "../tls/handshake.ts";
import { TlsAcceptor } from "../tls/server.ts";

/** How a client's streams are set up once its socket is connected. */
export interface ConnectionSettings extends CommonSettings {
  readonly tls: TlsSide | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How a client connects over TCP. */
export interface TcpSettings extends ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly family: 0 | 4 | 6;
  readonly lookup: net.LookupFunction | undefined;
  readonly happyEyeballsDelay: number | null;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

/** Check the arguments of openConnection(). */
export function tcpSettings(
  host: unknown,
  port: unknown,
  options: ConnectOptions | undefined,
): TcpSettings {
  const name = checkedString("host", host);
  if (name === "") throw invalidArgumentType("host", "a name or an address", host);
  const checked = checkedPort("port", port);
  const signal = signalOf(options, connectNames);
  const given = options ?? {};
  const { family = 0, lookup, localAddress, localPort, happyEyeballsDelay = 250 } = given;
  if (family !== 0 && family !== 4 && family !== 6) throw outOfRange("family", "0, 4 or 6", family);
  if (localAddress !== undefined && net.isIP(checkedString("localAddress", localAddress)) === 0) {
    throw invalidArgumentType("localAddress", "an IP address", localAddress);
  }
  return {
    ...clientSettings(given, name, signal),
    host: name,
    port: checked,
    family,
    lookup: lookup && checkedFunction("lookup", lookup),
    happyEyeballsDelay:
      happyEyeballsDelay === null
        ? null
        : checkedMilliseconds("happyEyeballsDelay", happyEyeballsDelay),
    localAddress,
    localPort: localPort === undefined ? undefined : checkedPort("localPort", localPort),
  };
}

/** Check the arguments of openUnixConnection(). */
export function unixSettings(
  path: unknown,
  options: UnixConnectOptions | undefined,
): ConnectionSettings & { readonly path: string } {
  const name = socketPath(path);
  const signal = signalOf(options, unixConnectNames);
  return { ...clientSettings(options ?? {}, undefined, signal), path: name };
}

/** Check the options of openConnection({ socket }). */
export function adoptSettings(
  options: AdoptOptions,
): ConnectionSettings & { readonly socket: Duplex } {
  const signal = signalOf(options, adoptNames);
  const { socket, serverSide = false } = options;
  if (socket === undefined) {
    throw invalidArgumentValue("Cannot connect: give a host and port, or a socket");
  }
  if (!(socket instanceof Duplex)) {
    throw invalidArgumentType("socket", "a net.Socket or another Duplex", socket);
  }
  if (!(socket instanceof net.Socket)) {
    checkNotGiven(options, tcpNames, "the socket is not a net.Socket");
  }
  if (!checkedBoolean("serverSide", serverSide)) {
    const client = clientSettings(options as UnixConnectOptions, undefined, signal);
    return { ...client, socket };
  }
  checkNotGiven(options, ["serverHostname"], "this is the server side of the connection");
  const hasTls = isTlsGiven(options.tls);
  const common = commonSettings(options, hasTls, "server");
  const tls = hasTls ? new TlsAcceptor(options.tls, common.tlsHandshakeTimeout) : undefined;
  return { ...common, tls, signal, socket };
}

function clientSettings(
  options: UnixConnectOptions & TcpOptions,
  host: string | undefined,
  signal: AbortSignal | undefined,
): ConnectionSettings {
  const { tls, serverHostname = defaultServerHostname(tls, host) } = options;
  const hasTls = isTlsGiven(tls);
  const common = commonSettings(options, hasTls, "client", host);
  if (!hasTls) {
    checkNeedsTls(options, ["serverHostname"]);
    return { ...common, tls: undefined, signal };
  }
  if (serverHostname === undefined) {
    throw invalidArgumentValue(
      'Cannot use tls without a host: set serverHostname ("" skips the name check)',
    );
  }
  const name = checkedString("serverHostname", serverHostname);
  const client = new TlsClient(tls, name, common.tlsHandshakeTimeout);
  return { ...common, tls: client, signal };
}

function isTlsGiven(tls: unknown): boolean {
  return tls !== undefined && tls !== false;
}

const foreignClientNames = {
  ...foreignNames,
  servername: "serverHostname",
  server_side: "openConnection({ socket, serverSide })",
  sock: "openConnection({ socket })",
  socket: "openConnection({ socket })",
};

const unixConnectNames = optionNames([...streamNames, ...tlsNames, "serverHostname"], {
  ...foreignClientNames,
  path: "the first argument",
});

const connectNames = optionNames(
  [
    ...streamNames,
    ...tlsNames,
    ...tcpNames,
    "serverHostname",
    "family",
    "localAddress",
    "localPort",
    "lookup",
    "happyEyeballsDelay",
  ],
  {
    ...foreignClientNames,
    host: "the first argument",
    port: "the second argument",
    path: "openUnixConnection()",
    local_addr: "localAddress and localPort",
    flags: "lookup",
    hints: "lookup",
    interleave: "happyEyeballsDelay",
    all_errors: "no option: several failures are an AggregateError",
    autoSelectFamily: "happyEyeballsDelay",
  },
);

const adoptNames = optionNames(
  [...streamNames, ...tlsNames, ...tcpNames, "serverHostname", "serverSide", "socket"],
  {
    ...foreignClientNames,
    sock: "socket",
    server_side: "serverSide",
    host: "openConnection(host, port)",
    port: "openConnection(host, port)",
    path: "openUnixConnection(path)",
    fd: "socket: new net.Socket({ fd })",
  },
);
