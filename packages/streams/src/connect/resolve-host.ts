import { type LookupFunction, isIP } from "node:net";
import { Pending, invalidArgumentType } from "@aio/errors";
import { builtin } from "../platform.ts";

/** An address of a host. */
export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Find all addresses of `host`, in the resolver's order of preference.
 *
 * @param family - 4 or 6 for addresses of that family, 0 for both.
 * @throws {CancelledError} If `signal` aborts first; the answer is dropped when it arrives.
 */
export async function resolveHost(
  host: string,
  family: 0 | 4 | 6,
  lookup: LookupFunction | undefined,
  signal: AbortSignal | undefined,
): Promise<HostAddress[]> {
  const literal = literalAddress(host, family);
  if (literal !== undefined) return [literal];
  const pending = new Pending<unknown>(signal, {
    activity: `waiting for the addresses of ${host}`,
  });
  const find: LookupFunction = lookup ?? builtin("dns").lookup;
  try {
    find(host, { all: true, family }, (error, answer) => {
      if (error) pending.reject(error);
      else pending.resolve(answer);
    });
  } catch (error) {
    // Not rethrown: `pending` must settle, so that it stops listening to the signal.
    pending.reject(error);
  }
  const found = await pending.promise;
  // The caller's lookup function may return only one address, although all were requested.
  const list: unknown[] = Array.isArray(found) ? found : [found ?? []].flat();
  if (list.length > 0) return list.map((each) => hostAddress(each));
  const error = new Error(`lookup ENOTFOUND ${host}`);
  throw Object.assign(error, { code: "ENOTFOUND", syscall: "lookup", hostname: host });
}

/** The address that `host` is; `undefined` if it is a name. */
export function literalAddress(host: string, family: 0 | 4 | 6): HostAddress | undefined {
  const actual = isIP(host);
  if (actual !== 4 && actual !== 6) return undefined;
  if (family === 0 || family === actual) return { address: host, family: actual };
  throw invalidArgumentType("host", `a name or an IPv${family} address`, host);
}

function hostAddress(found: unknown): HostAddress {
  const address =
    typeof found === "object" && found !== null && "address" in found ? found.address : found;
  const family = typeof address === "string" ? isIP(address) : 0;
  if (family === 4 || family === 6) return { address: address as string, family };
  throw invalidArgumentType("lookup", "a function that finds IP addresses", address);
}

/** Alternate between the families, starting with that of the first address (RFC 8305, section 4). */
export function interleaveFamilies(addresses: readonly HostAddress[]): HostAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const mixed: HostAddress[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    mixed.push(...first.slice(i, i + 1), ...second.slice(i, i + 1));
  }
  return mixed;
}
