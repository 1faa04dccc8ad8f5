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
import type { AdoptOptions, ConnectOptions, UnixConnectOptions } from "../options.ts";
import {
  checkNeedsTls,
  checkNotGiven,
  checkedPort,
  foreignNames,
  streamNames,
  streamSettings,
  tcpNames,
  tcpOptions,
  tlsNames,
} from "../shared-settings.ts";
import { TlsClient } from "../tls/client.ts";
import { type TlsSide, checkedTlsTimeouts } from "../tls/handshake.ts";
import { TlsAcceptor } from "../tls/server.ts";
import type { TransportSettings } from "../transport/transport.ts";

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
    autoSelectFamilyAttemptTimeout: "happyEyeballsDelay",
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

/** How a client's streams are set up once its socket is connected. */
export interface ConnectionSettings {
  readonly transport: TransportSettings;
  readonly tls: TlsSide | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How a client connects over TCP. */
export interface TcpSettings extends ConnectionSettings {
  readonly host: string;
  readonly family: 0 | 4 | 6;
  readonly lookup: net.LookupFunction | undefined;
  readonly happyEyeballsDelay: number | null;
  readonly dial: net.TcpNetConnectOpts;
}

/** Check the arguments of openConnection(). */
export function tcpSettings(
  host: unknown,
  port: unknown,
  options: ConnectOptions | undefined,
): TcpSettings {
  const name = checkedString("host", host);
  if (name === "") throw invalidArgumentType("host", "a name or an address", host);
  const common = { port: checkedPort("port", port), allowHalfOpen: true, autoSelectFamily: false };
  const signal = signalOf(options, connectNames);
  const given = options ?? {};
  const tcp = tcpOptions(given);
  const { family = 0, lookup, localAddress, localPort, happyEyeballsDelay = 250 } = given;
  if (family !== 0 && family !== 4 && family !== 6) throw outOfRange("family", "0, 4 or 6", family);
  if (localAddress !== undefined && net.isIP(checkedString("localAddress", localAddress)) === 0) {
    throw invalidArgumentType("localAddress", "an IP address", localAddress);
  }
  return {
    ...clientSettings(given, name, signal),
    host: name,
    family,
    lookup: lookup && checkedFunction("lookup", lookup),
    happyEyeballsDelay:
      happyEyeballsDelay === null
        ? null
        : checkedMilliseconds("happyEyeballsDelay", happyEyeballsDelay),
    dial: {
      ...common,
      ...tcp,
      ...(localAddress !== undefined && { localAddress }),
      ...(localPort !== undefined && { localPort: checkedPort("localPort", localPort) }),
    },
  };
}

/** Check the options of openUnixConnection(). */
export function unixSettings(options: UnixConnectOptions | undefined): ConnectionSettings {
  const signal = signalOf(options, unixConnectNames);
  return clientSettings(options ?? {}, undefined, signal);
}

/** Check the options of openConnection({ socket }). */
export function adoptSettings(
  options: AdoptOptions,
): ConnectionSettings & { socket: Duplex; adjust: (socket: net.Socket) => void } {
  const signal = signalOf(options, adoptNames);
  const { socket, serverSide = false, serverHostname, keepAlive, noDelay } = options;
  if (socket === undefined) {
    throw invalidArgumentValue("Cannot connect: give a host and port, or a socket");
  }
  if (!(socket instanceof Duplex)) {
    throw invalidArgumentType("socket", "a net.Socket or another Duplex", socket);
  }
  if (!(socket instanceof net.Socket)) {
    checkNotGiven({ keepAlive, noDelay }, "the socket is not a net.Socket");
  }
  const tcp = tcpOptions(options);
  const adjust = (connected: net.Socket): void => {
    connected.setNoDelay(tcp.noDelay);
    if (keepAlive !== undefined) connected.setKeepAlive(tcp.keepAlive, tcp.keepAliveInitialDelay);
  };
  if (!checkedBoolean("serverSide", serverSide)) {
    const client = clientSettings(options as UnixConnectOptions, undefined, signal);
    return { ...client, socket, adjust };
  }
  checkNotGiven({ serverHostname }, "this is the server side of the connection");
  const hasTls = isTlsGiven(options.tls);
  const transport = { ...streamSettings(options, hasTls), side: "server" as const };
  if (!hasTls) return { transport, tls: undefined, signal, socket, adjust };
  const { tlsHandshakeTimeout, tlsShutdownTimeout } = checkedTlsTimeouts(options);
  const tls = new TlsAcceptor(options.tls, tlsHandshakeTimeout);
  return { transport: { ...transport, tlsShutdownTimeout }, tls, signal, socket, adjust };
}

function clientSettings(
  options: UnixConnectOptions,
  host: string | undefined,
  signal: AbortSignal | undefined,
): ConnectionSettings {
  const { tls, serverHostname = host } = options;
  const hasTls = isTlsGiven(tls);
  const transport = { ...streamSettings(options, hasTls), side: "client" as const, host };
  if (!hasTls) {
    checkNeedsTls({ serverHostname: options.serverHostname });
    return { transport, tls: undefined, signal };
  }
  if (serverHostname === undefined) {
    throw invalidArgumentValue(
      'Cannot use tls without a host: set serverHostname ("" skips the name check)',
    );
  }
  const name = checkedString("serverHostname", serverHostname);
  const { tlsHandshakeTimeout, tlsShutdownTimeout } = checkedTlsTimeouts(options);
  const client = new TlsClient(tls, name, tlsHandshakeTimeout);
  return { transport: { ...transport, tlsShutdownTimeout }, tls: client, signal };
}

function isTlsGiven(tls: unknown): boolean {
  return tls !== undefined && tls !== false;
}
