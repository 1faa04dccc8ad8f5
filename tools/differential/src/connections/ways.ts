import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "../scenarios/host.ts";
import type { Scenario } from "../scenarios/language.ts";
import { type Line, run } from "../scenarios/run.ts";

/** The implementation on each side. */
export interface Way {
  readonly server: Host["name"];
  readonly client: Host["name"];
}

/** The four combinations. The others are compared with the first. */
export const ways: readonly [Way, ...Way[]] = [
  { server: "asyncio", client: "asyncio" },
  { server: "aio", client: "aio" },
  { server: "aio", client: "asyncio" },
  { server: "asyncio", client: "aio" },
];

/** Runs connection scenarios; has a directory for sockets and certificates. */
export class Stage implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "aio-"));
  readonly #hosts: Readonly<Record<Host["name"], Host>>;
  #sockets = 0;

  constructor(hosts: Readonly<Record<Host["name"], Host>>) {
    this.#hosts = hosts;
    makeCertificate(this.#directory);
  }

  run(scenario: Scenario, over: string, way: Way): Promise<Line[]> {
    this.#sockets += 1;
    const file = (name: string): string => join(this.#directory, name);
    return run(
      scenario,
      {
        partOf: (target) => (target.startsWith("client") ? "client" : "server"),
        hosts: { server: this.#hosts[way.server], client: this.#hosts[way.client] },
      },
      {
        over,
        path: file(`${this.#sockets}`),
        key: file("key.pem"),
        cert: file("cert.pem"),
        ca: file("ca.pem"),
      },
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}

/** Create a certificate for localhost, and the authority that signs it. */
function makeCertificate(cwd: string): void {
  const openssl = (words: string): void => {
    execFileSync("openssl", words.split(" "), { cwd, stdio: "pipe" });
  };
  const ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  // Required by Python's strict verification.
  const usage = "-addext keyUsage=critical,keyCertSign";
  openssl(`req -x509 ${ec} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority ${usage}`);
  openssl(`req -new ${ec} -keyout key.pem -out request.pem -subj /CN=aio`);
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  writeFileSync(join(cwd, "names"), `${names}\nauthorityKeyIdentifier=keyid\n`);
  const issuer = "-CA ca.pem -CAkey ca.key -CAcreateserial";
  openssl(`x509 -req -in request.pem ${issuer} -out cert.pem -days 2 -extfile names`);
}
