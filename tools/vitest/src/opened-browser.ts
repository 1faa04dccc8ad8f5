import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";

/**
 * A provider for browsers that Playwright cannot drive as the system ships them: it starts `command`
 * with the address of the tests, and ends it after the run. `PROFILE` stands for a folder that lasts as
 * long. No test here clicks or takes pictures.
 */
export function openedBrowser(command: readonly string[]): BrowserProviderOption {
  return {
    // Vitest's server for browsers is not exported, but each provider holds it.
    ...playwright(),
    name: "opened",
    options: {},
    providerFactory(project) {
      // The page asks for a size before each file; any size will do.
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
    // In a process group of its own, with all the processes that a browser starts.
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
