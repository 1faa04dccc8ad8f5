import { invalidArgumentType } from "@aio/errors";
import type * as dns from "node:dns";
import { type LookupFunction, isIP } from "node:net";

import { builtin } from "../builtin.ts";

/** An address that a host's name stands for. */
export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * All addresses of `host`, in the order in which its owner and the system would have them tried.
 *
 * @param family - 4 or 6 to ask for these only, 0 for both.
 */
export async function resolveHost(
  host: string,
  family: 0 | 4 | 6,
  lookup?: LookupFunction,
): Promise<HostAddress[]> {
  const literal = isIP(host);
  if (literal !== 0) {
    if (family === 0 || family === literal) return [hostAddress(host)];
    throw invalidArgumentType("host", `a name or an IPv${family} address`, host);
  }
  const found = await new Promise<string | readonly dns.LookupAddress[]>((resolve, reject) => {
    const find: LookupFunction = lookup ?? builtin("dns").lookup;
    find(host, { all: true, family }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  // A lookup function of the user's may answer with one address although it was asked for all.
  const list = typeof found === "string" ? [found] : found.map(({ address }) => address);
  if (list.length > 0) return list.map((address) => hostAddress(address));
  const error = new Error(`lookup ENOTFOUND ${host}`);
  throw Object.assign(error, { code: "ENOTFOUND", syscall: "lookup", hostname: host });
}

function hostAddress(address: string): HostAddress {
  const family = isIP(address);
  if (family === 4 || family === 6) return { address, family };
  throw invalidArgumentType("lookup", "a function that finds IP addresses", address);
}

/** The families in turn, beginning with that of the first address (RFC 8305, section 4). */
export function interleaveFamilies(addresses: readonly HostAddress[]): HostAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const mixed: HostAddress[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    mixed.push(...first.slice(i, i + 1), ...second.slice(i, i + 1));
  }
  return mixed;
}
