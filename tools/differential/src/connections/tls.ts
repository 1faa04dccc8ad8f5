import { readFileSync } from "node:fs";
import type * as tls from "node:tls";
import type { Setting } from "./setting.ts";

/** What a server says about TLS. */
export function serverTls({ key, cert }: Setting): tls.TlsOptions {
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** What a client says about TLS, if it trusts the authority of the server's certificate. */
export function clientTls({ ca }: Setting, trust: unknown = "yes"): tls.ConnectionOptions {
  return trust === "yes" ? { ca: readFileSync(ca) } : {};
}
