import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";

/**
 * A provider for browsers whose system packages Playwright cannot drive. It starts `command` with the
 * URL of the tests, and ends it after the run. `PROFILE` is replaced with a temporary folder. Tests
 * cannot click or take screenshots.
 */
export function openedBrowser(command: readonly string[]): BrowserProviderOption {
  return {
    // Vitest does not export its browser server, but each provider has it.
    ...playwright(),
    name: "opened",
    options: {},
    providerFactory(project) {
      // The page requests a viewport size before each file; it does not matter here.
      project.browser?.registerCommand("__vitest_viewport" as never, (() => {}) as never);
      return new OpenedBrowser(command);
    },
  };
}

class OpenedBrowser implements BrowserProvider {
  readonly name = "opened";
  readonly supportsParallelism = false;
  readonly #command: readonly string[];
  #browser: ChildProcess | undefined;
  #profile: string | undefined;

  constructor(command: readonly string[]) {
    this.#command = command;
  }

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(_sessionId: string, url: string): Promise<void> {
    await this.close();
    const profile = mkdtempSync(join(tmpdir(), "aio-browser-"));
    this.#profile = profile;
    const [program = "", ...args] = this.#command.map((word) => word.replace("PROFILE", profile));
    // In a separate process group, together with all processes that the browser starts.
    this.#browser = spawn(program, [...args, url], {
      stdio: "ignore",
      detached: true,
      env: { ...process.env, HOME: profile },
    });
    await once(this.#browser, "spawn");
  }

  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    if (browser?.pid !== undefined && browser.exitCode === null && browser.signalCode === null) {
      const exit = once(browser, "exit");
      process.kill(-browser.pid, "SIGTERM");
      await exit;
    }
    if (this.#profile !== undefined) {
      rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
      this.#profile = undefined;
    }
  }
}
