import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PackageName, type Result, attempt, packageNames, pnpm, root, run } from "./run.ts";

export type Bump = "patch" | "minor" | "major";

export type Versions = Readonly<Record<PackageName, string>>;

/** A clone of the repository to release from. */
export class Clone {
  readonly folder: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#env = env;
  }

  /**
   * Clone the commit that is checked out here, as `main`.
   *
   * @param cache - Turbo's cache folder. Clones that share it build each commit once.
   */
  static async create(folder: string, cache: string, userconfig: string): Promise<Clone> {
    const clone = new Clone(folder, {
      NPM_CONFIG_USERCONFIG: userconfig,
      TURBO_CACHE_DIR: cache,
      TURBO_TELEMETRY_DISABLED: "1",
      CI: "1",
      NO_COLOR: "1",
    });
    await run(root, ["git", "clone", "--quiet", "--no-checkout", root, folder]);
    await clone.git("checkout", "--quiet", "-B", "main");
    await clone.git("config", "user.name", "rehearsal");
    await clone.git("config", "user.email", "rehearsal@example.org");
    // Tags of real releases must not block rehearsed ones.
    const tags = (await clone.git("tag", "--list")).split("\n").filter(Boolean);
    if (tags.length > 0) await clone.git("tag", "--delete", ...tags);
    await clone.pnpm("install", "--frozen-lockfile", "--prefer-offline", "--silent");
    return clone;
  }

  git(...args: readonly string[]): Promise<string> {
    return run(this.folder, ["git", ...args]);
  }

  pnpm(...args: readonly string[]): Promise<string> {
    return run(this.folder, [pnpm, ...args], this.#env);
  }

  /** Run pnpm, which may fail. */
  attempt(...args: readonly string[]): Promise<Result> {
    return attempt(this.folder, [pnpm, ...args], this.#env);
  }

  /** Check out and build what another clone has committed last. */
  async follow(other: Clone): Promise<void> {
    await this.git("fetch", "--quiet", "--tags", other.folder, "main");
    await this.git("checkout", "--quiet", "--force", "-B", "main", "FETCH_HEAD");
    await this.build();
  }

  async commit(message: string): Promise<void> {
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--message", message);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** The versions in the manifests. */
  versions(): Versions {
    const entries = packageNames.map((name) => {
      const { version } = JSON.parse(this.read(`packages/${name}/package.json`));
      return [name, String(version)];
    });
    return Object.fromEntries(entries) as Versions;
  }

  /** Add a changeset. */
  async changeset(bumps: Partial<Record<PackageName, Bump>>, message: string): Promise<void> {
    const flags = Object.entries(bumps).flatMap(([name, bump]) => [`--${bump}`, `@aio/${name}`]);
    await this.pnpm("changeset", "add", ...flags, "--message", message);
  }

  async build(): Promise<void> {
    const quiet = "--output-logs=errors-only";
    await this.pnpm("exec", "turbo", "run", "build", "--filter=./packages/*", quiet);
  }

  /** Run some of the repository's checks on the clone. */
  checks(...names: readonly string[]): Promise<Result> {
    return this.attempt("exec", "vitest", "run", "--project", "checks", ...names);
  }

  /** Record that the gate has passed; running it would take too long. */
  async pass(): Promise<void> {
    await run(this.folder, [process.execPath, "tools/release/src/tested.ts"]);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
