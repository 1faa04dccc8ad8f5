import { createHash } from "node:crypto";
import {
  CancelledError,
  IncompleteReadError,
  LimitOverrunError,
  ProcessLookupError,
  RuntimeError,
  TimeoutError,
} from "@aio/errors";
import type { Outcome } from "./host.ts";

// Codes for a bad certificate: OpenSSL's, and Node's own.
const ofCertificates =
  /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/;

/**
 * An error in terms common to both sides, since Node often has a code where Python has a class. A lost
 * connection is ECONNRESET or EPIPE depending on whether a read or a write notices it first.
 */
export function failure(error: unknown): Outcome {
  if (error instanceof IncompleteReadError) {
    return ["IncompleteReadError", shown(Buffer.from(error.partial)), error.expected ?? null];
  }
  if (error instanceof LimitOverrunError) return ["LimitOverrunError", error.consumed];
  if (error instanceof CancelledError) return ["CancelledError"];
  if (error instanceof TimeoutError) return ["TimeoutError"];
  if (error instanceof ProcessLookupError) return ["ESRCH"];
  if (error instanceof RuntimeError) return ["RuntimeError"];
  if (!(error instanceof Error)) return [String(error)];
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && ofCertificates.test(code)) return ["certificate"];
  if (code?.startsWith("ERR_SSL_")) return ["tls"];
  if (error instanceof RangeError || error instanceof TypeError) return ["argument"];
  if (code === "ECONNRESET" || code === "EPIPE") return ["ConnectionError"];
  return [code ?? error.name];
}

/** Bytes in readable, comparable form: as text, or, if there are many, as a hash. */
export function shown(bytes: Buffer): string {
  if (bytes.length <= 80) return bytes.toString("latin1");
  return `${bytes.length} bytes, ${createHash("sha1").update(bytes).digest("hex").slice(0, 8)}`;
}
