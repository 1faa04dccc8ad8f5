import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key, a certificate, and the authority that signed it. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

const made = new Map<string, Certificate>();

/**
 * A certificate for `names`, signed by a separate authority. The first call creates it.
 *
 * @param names - The names that it is valid for, in the syntax of OpenSSL's subjectAltName.
 */
export function certificate(names = "DNS:localhost,IP:127.0.0.1,IP:::1"): Certificate {
  const known = made.get(names);
  if (known !== undefined) return known;
  const directory = mkdtempSync(join(tmpdir(), "aio-tls-"));
  try {
    const file = (name: string): string => join(directory, name);
    const ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    // Required by Python's strict verification.
    const usage = "-addext keyUsage=critical,keyCertSign";
    const authority = `-keyout ca.key -out ca.pem -days 2 -subj /CN=authority ${usage}`;
    openssl(`req -x509 ${ec} ${authority}`, directory);
    openssl(`req -new ${ec} -keyout key.pem -out request.pem -subj /CN=aio`, directory);
    writeFileSync(file("names"), `subjectAltName=${names}\nauthorityKeyIdentifier=keyid\n`);
    const issuer = "-CA ca.pem -CAkey ca.key -CAcreateserial";
    openssl(`x509 -req -in request.pem ${issuer} -out cert.pem -days 2 -extfile names`, directory);
    const read = (name: string): string => readFileSync(file(name), "utf8");
    const result = { key: read("key.pem"), cert: read("cert.pem"), ca: read("ca.pem") };
    made.set(names, result);
    return result;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function openssl(words: string, cwd: string): void {
  execFileSync("openssl", words.split(" "), { cwd, stdio: "pipe" });
}
