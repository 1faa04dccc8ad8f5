import * as net from "node:net";
import { invalidArgumentType } from "@aio/errors";
import { throwIfAborted } from "../abort.ts";
import type { ConnectOptions } from "../options.ts";
import type { Addresses } from "../transport/address.ts";
import { raceAddresses } from "./address-race.ts";
import { type Connection, connectionOver } from "./connection.ts";
import {
  type HostAddress,
  interleaveFamilies,
  literalAddress,
  resolveHost,
} from "./resolve-host.ts";
import { type TcpSettings, tcpSettings } from "./settings.ts";

/** Connect to a TCP port: openConnection(host, port), with its arguments unchecked. */
export async function connectTcp(
  host: unknown,
  port: unknown,
  options: ConnectOptions | undefined,
): Promise<Connection> {
  const settings = tcpSettings(host, port, options);
  const { happyEyeballsDelay, signal } = settings;
  throwIfAborted(signal, "waiting for the connection");
  const literal = literalAddress(settings.host, settings.family);
  const found = literal === undefined ? await addressesOf(settings) : [literal];
  const addresses = reachable(found, settings.localAddress);
  const dial = (address: HostAddress): net.Socket => dialed(address, settings);
  const winner = await raceAddresses(addresses, dial, happyEyeballsDelay, signal);
  return connectionOver(winner.socket, settings, peerKnown(winner.address, settings.port));
}

async function addressesOf(settings: TcpSettings): Promise<readonly HostAddress[]> {
  const { host, family, lookup, happyEyeballsDelay, signal } = settings;
  const addresses = await resolveHost(host, family, lookup, signal);
  return happyEyeballsDelay === null ? addresses : interleaveFamilies(addresses);
}

function reachable(
  addresses: readonly HostAddress[],
  localAddress: string | undefined,
): readonly HostAddress[] {
  if (localAddress === undefined) return addresses;
  const family = net.isIP(localAddress);
  const ofFamily = addresses.filter((each) => each.family === family);
  if (ofFamily.length > 0) return ofFamily;
  throw invalidArgumentType("localAddress", "an address of the host's family", localAddress);
}

function dialed({ address, family }: HostAddress, settings: TcpSettings): net.Socket {
  const { port, localAddress, localPort, tcp } = settings;
  return net.connect({
    ...tcp,
    host: address,
    family,
    port,
    localAddress,
    localPort,
    allowHalfOpen: true,
    autoSelectFamily: false,
  } as net.NetConnectOpts);
}

// Asking the system takes 1 µs. It must be asked where it may report another address: an IPv6 address
// can be written in many ways, and 0.0.0.0 connects to 127.0.0.1.
function peerKnown({ address, family }: HostAddress, port: number): Addresses {
  if (family === 6 || address === "0.0.0.0") return {};
  return { peername: { address, port, family } };
}
