// The first half of `pnpm rehearse`: a first release and five more, from a clone of this repository to a
// registry on loopback, with users who install and update. Neither this repository nor the network
// changes.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bump, Clone, type Versions } from "./clone.ts";
import { Consumer, type Manager } from "./consumer.ts";
import { Registry } from "./registry.ts";
import { conclude, step } from "./report.ts";
import { type PackageName, outside, packageNames } from "./run.ts";

const home = mkdtempSync(join(tmpdir(), "aio-rehearsal-"));
const userconfig = join(home, "npmrc");

try {
  await using registry = await Registry.start(home);
  const { host } = new URL(registry.url);
  const settings = [`registry=${registry.url}`, `//${host}/:_authToken=rehearsal`, ""];
  writeFileSync(userconfig, settings.join("\n"));
  const create = (name: string) => Clone.create(join(home, name), join(home, "turbo"), userconfig);
  const [clone, reviewer] = await Promise.all([create("repository"), create("reviewer")]);
  await rehearse(clone, reviewer, registry);
} finally {
  rmSync(home, { recursive: true, force: true });
}
conclude("Rehearsal");

/** Release from `clone`; `reviewer` has the commit that is checked while `clone` goes on. */
async function rehearse(clone: Clone, reviewer: Clone, registry: Registry): Promise<void> {
  const consumer = (name: string, manager: Manager = "npm") =>
    new Consumer(join(home, name), manager, registry.url, join(home, "caches"));

  await step("the first release has one entry in each changelog", async () => {
    await version(clone);
    for (const name of packageNames) {
      const text = clone.read(`packages/${name}/CHANGELOG.md`);
      assert.match(text, new RegExp(`^# @aio/${name}\\n\\n## ${clone.versions()[name]}\\n`));
    }
  });

  const first = clone.versions();
  // Building takes longest, so that the refusals, which wait for small programs, are tried meanwhile.
  await Promise.all([reviewer.follow(clone), refuse(clone)]);
  await clone.build();
  let checked = step("after the first release, the repository's checks pass", () =>
    check(reviewer, clone),
  );
  await release(clone);

  await step("the first release publishes and tags all four packages", async () => {
    for (const name of packageNames) {
      const published = await registry.published(name);
      assert.deepEqual(Object.keys(published.versions), [first[name]]);
      const range = name === "errors" ? undefined : { "@aio/errors": `^${first.errors}` };
      assert.deepEqual(published.versions[first[name]]?.dependencies, range);
    }
    await assertTags(clone, {}, first);
  });

  // The next steps only read the registry, so the checks may still be running.
  const managers: readonly Manager[] = ["npm", "pnpm", "yarn 1", "yarn 4"];
  await Promise.all(
    managers.map((manager) =>
      step(`${manager} installs each package alone, and it works`, async () => {
        for (const name of packageNames) {
          const user = consumer(`${manager}-${name}`.replace(" ", ""), manager);
          await user.install(name);
          if (manager !== "yarn 4" && manager !== "pnpm") {
            const expected = { errors: first.errors, [name]: first[name] };
            assert.deepEqual(user.installed(), expected);
          }
          await user.works([name]);
        }
      }),
    ),
  );

  const user = consumer("user");
  await step("each package works on the oldest Node that it supports", async () => {
    await user.install(...packageNames);
    await user.works(packageNames, outside("node20.4/bin/node"));
    await user.compiles(packageNames);
  });
  const rounds: readonly Round[] = [
    {
      title: "a minor of sync",
      bumps: { sync: "minor" },
      edits: ["sync/src/lock.ts"],
    },
    {
      title: "a patch of errors",
      bumps: { errors: "patch" },
      edits: ["errors/src/index.ts"],
    },
    {
      title: "a minor of errors",
      bumps: { errors: "minor" },
      edits: ["errors/src/index.ts"],
    },
    {
      title: "a change of the mirrored reader",
      bumps: { streams: "patch", subprocess: "patch" },
      edits: ["streams/src/reader/stream-reader.ts", "subprocess/src/reader/stream-reader.ts"],
      insufficient: { streams: "patch" },
      complaint: /packages\/subprocess\/src\/reader.* no changeset names it/,
    },
    {
      title: "a major of errors",
      bumps: { errors: "major", sync: "major", streams: "major", subprocess: "major" },
      edits: ["errors/src/index.ts"],
      insufficient: { errors: "major" },
      complaint: /without a major of @aio\/subprocess/,
    },
  ];
  let used: Promise<unknown> = Promise.resolve();
  for (const { title, ...round } of rounds) {
    const before = clone.versions();
    await step(`${title}: changesets become versions and changelogs`, async () => {
      await makeVersions(clone, title, round);
    });
    await clone.build();
    const after = clone.versions();
    await checked;
    checked = step(`${title}: the repository's checks pass`, () => check(reviewer, clone));
    await used;
    await step(`${title}: new versions are published and tagged, and users get them`, async () => {
      await release(clone);
      await published(registry, before, after);
      await assertTags(clone, before, after);
      await user.update();
      const isMajor = round.bumps.errors === "major";
      assert.deepEqual(user.installed(), isMajor ? before : after);
      for (const name of packageNames) {
        const changelog = user.read(`node_modules/@aio/${name}/CHANGELOG.md`);
        assert.ok(changelog.includes(`\n## ${user.version(name)}\n`), changelog);
      }
    });
    used = step(`${title}: what users now have compiles and runs`, async () => {
      await Promise.all([user.compiles(packageNames), user.works(packageNames)]);
    });
  }
  await Promise.all([checked, used]);

  await step("errors of the new major recognize those of the previous one", async () => {
    const mixed = consumer("mixed");
    await mixed.install(`sync@^${first.sync}`, "errors");
    assert.equal(mixed.version("errors"), clone.versions().errors);
    await mixed.works(["sync", "errors"]);
  });
}

/** What must not be released is refused. */
async function refuse(clone: Clone): Promise<void> {
  await step(
    "`pnpm release` refuses uncommitted changes, other branches and untested commits",
    async () => {
      clone.write("LICENSE", "");
      await clone.git("checkout", "--quiet", "-b", "other");
      const { code, output } = await clone.attempt("release");
      assert.notEqual(code, 0);
      const why = [
        "some changes are not committed",
        "the branch is other",
        "npm test has not passed",
      ];
      for (const words of why) assert.ok(output.includes(words), output);
      await clone.git("checkout", "--quiet", "--", "LICENSE");
      await clone.git("checkout", "--quiet", "main");
      assert.match(
        (await clone.attempt("release")).output,
        /Cannot release: npm test has not passed/,
      );
    },
  );

  await step("`npm publish` in a package is refused", async () => {
    const { code, output } = await clone.attempt(
      "--dir",
      "packages/sync",
      "exec",
      "npm",
      "publish",
    );
    assert.notEqual(code, 0);
    assert.match(output, /Cannot publish a package by itself/);
  });
}

interface Round {
  readonly title: string;
  readonly bumps: Partial<Record<PackageName, Bump>>;
  /** The files in `packages` to change. */
  readonly edits: readonly string[];
  /** A changeset that the repository's check must refuse, with `complaint`. */
  readonly insufficient?: Partial<Record<PackageName, Bump>>;
  readonly complaint?: RegExp;
}

/** Change files, add a changeset, and turn it into versions. */
async function makeVersions(
  clone: Clone,
  title: string,
  { bumps, edits, insufficient, complaint }: Omit<Round, "title">,
): Promise<void> {
  const before = clone.versions();
  for (const file of edits) {
    clone.write(`packages/${file}`, `${clone.read(`packages/${file}`)}\n// ${title}\n`);
  }
  await clone.commit(title);
  if (insufficient !== undefined && complaint !== undefined) {
    await clone.changeset(insufficient, "Not enough.");
    const { code, output } = await clone.checks("changesets", "-t", "cover everything");
    assert.notEqual(code, 0);
    assert.match(output, complaint);
    await clone.git("clean", "--quiet", "--force", ".changeset");
  }
  await clone.changeset(bumps, `Users read of ${title}.`);
  await clone.commit("changeset");
  await version(clone);
  const after = clone.versions();
  for (const name of packageNames) {
    assert.equal(after[name], increased(before[name], bumps[name]), `version of ${name}`);
    if (bumps[name] === undefined) continue;
    const [entry = ""] = clone
      .read(`packages/${name}/CHANGELOG.md`)
      .split(/\n(?=## )/)
      .slice(1);
    assert.ok(entry.startsWith(`## ${after[name]}\n`), entry);
    assert.ok(entry.includes(`: Users read of ${title}.`), entry);
  }
}

/** Run the repository's checks that a new version could break, on the last commit of `clone`. */
async function check(reviewer: Clone, clone: Clone): Promise<void> {
  await reviewer.follow(clone);
  const files = ["api-report", "changesets", "published/packed", "skeleton", "addresses"];
  // The tests of the repository itself. The others in these files test the checks.
  const { code, output } = await reviewer.checks(...files, "-t", "^(?:the |@aio/)");
  assert.equal(code, 0, output);
  assert.match(output, new RegExp(`Test Files .*\\b${files.length} passed`), output);
}

/** Turn the pending changesets into versions, as described in CONTRIBUTING, and commit them. */
async function version(clone: Clone): Promise<void> {
  await clone.pnpm("changeset", "version");
  await clone.commit("release");
}

async function release(clone: Clone): Promise<void> {
  await clone.pass();
  await clone.pnpm("release");
}

/** Check the registry after a release: new versions, their ranges, and the tag `latest`. */
async function published(registry: Registry, before: Versions, after: Versions): Promise<void> {
  for (const name of packageNames) {
    const { versions, "dist-tags": tagged } = await registry.published(name);
    assert.equal(tagged["latest"], after[name]);
    if (name === "errors" || after[name] === before[name]) continue;
    assert.deepEqual(versions[after[name]]?.dependencies, { "@aio/errors": `^${after.errors}` });
  }
}

/** The released commit must have one tag for each new version. */
async function assertTags(clone: Clone, before: Partial<Versions>, after: Versions): Promise<void> {
  const expected = packageNames.filter((name) => after[name] !== before[name]);
  const tagged = (await clone.git("tag", "--points-at", "HEAD")).split("\n").filter(Boolean);
  const wanted = expected.map((name) => `@aio/${name}@${after[name]}`);
  assert.deepEqual(tagged.toSorted(), wanted.toSorted());
}

function increased(version: string, bump: Bump | undefined): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (bump === "major") return `${major + 1}.0.0`;
  if (bump === "minor") return `${major}.${minor + 1}.0`;
  return bump === "patch" ? `${major}.${minor}.${patch + 1}` : version;
}
