import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A new directory for the tests of one file, removed after the last of them. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "aio-test-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  return directory;
}
