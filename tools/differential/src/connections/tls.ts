import { readFileSync } from "node:fs";
import type * as tls from "node:tls";
import type { Setting } from "./setting.ts";

/** A server's TLS options. */
export function serverTls({ key, cert }: Setting): tls.TlsOptions {
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** A client's TLS options, with or without trust in the server's authority. */
export function clientTls({ ca }: Setting, trust: unknown = "yes"): tls.ConnectionOptions {
  return trust === "yes" ? { ca: readFileSync(ca) } : {};
}
