import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, type Page, chromium } from "playwright-core";
import sirv from "sirv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// The site, rendered before the tests and served on loopback.
const site = join(import.meta.dirname, "../dist");
const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

async function pages(): Promise<Map<string, string>> {
  const files = await readdir(site, { recursive: true });
  const names = files.filter((file) => file.endsWith(".html"));
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(site, name), "utf8")] as const),
    ),
  );
}

describe("Every page", () => {
  test("has no broken links or anchors", async () => {
    const known = await pages();
    const dead: string[] = [];
    for (const [page, html] of known) {
      for (const [, address = ""] of html.matchAll(/\s(?:href|src)="([^"]+)"/g)) {
        const target = new URL(address.replaceAll("&amp;", "&"), new URL(page, "http://site/"));
        if (target.host !== "site") continue;
        const path = decodeURIComponent(target.pathname).slice(1);
        const anchor = decodeURIComponent(target.hash.slice(1));
        const html = known.get(path);
        const exists =
          html === undefined
            ? existsSync(join(site, path))
            : anchor === "" || html.includes(` id="${anchor}"`);
        if (!exists) dead.push(`${page}: ${address}`);
      }
    }
    expect(known.size).toBeGreaterThan(50);
    expect(dead).toEqual([]);
  });

  test("loads nothing from other hosts", async () => {
    for (const html of (await pages()).values()) {
      expect(html).not.toMatch(/<(?:script|img|link)[^>]+(?:src|href)="https?:/);
    }
  });

  test("has one title", async () => {
    const known = [...(await pages())];
    const odd = known.filter(([, html]) => html.split("<h1").length !== 2).map(([page]) => page);
    expect(odd).toEqual([]);
  });

  test("keeps the code in the anchor of a heading", async () => {
    const html = await readFile(join(site, "modules/_aio_sync.html"), "utf8");
    expect(html).toMatch(/<h3 id="never-promiserace-an-acquire-or-a-wait"/);
  });
});

describe("A call's errors", () => {
  test("are one list", async () => {
    const html = await readFile(join(site, "classes/_aio_streams.StreamReader.html"), "utf8");
    const lists = html.split(/<h4[^>]*>Throws/).slice(1);
    expect(lists.length).toBeGreaterThan(5);
    expect(lists.filter((list) => /<\/h4>\s*<ul>/.test(list)).length).toBeGreaterThan(5);
    expect(html).not.toContain("Inherited from");
  });

  test("are links", async () => {
    const html = await readFile(join(site, "classes/_aio_sync.Lock.html"), "utf8");
    expect(html).toMatch(/Throws<.*?<a href="[^"]*CancelledError\.html"/s);
    expect(html).toMatch(/<a href="https:\/\/developer\.mozilla\.org\/[^"]+\/TypeError"/);
  });
});

describe.skipIf(executablePath === undefined)("In Chromium, the site", () => {
  const server = createServer(sirv(site, { dev: true }));
  let origin = "";
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({
      executablePath: executablePath ?? "",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  async function open(path: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error")
        complaints.push(`${path}: ${message.text()} ${message.location().url}`);
    });
    page.on("requestfailed", (request) => complaints.push(`${path}: ${request.url()}`));
    await page.goto(origin + path, { waitUntil: "load" });
    return page;
  }

  test.each([
    "index.html",
    "modules/_aio_sync.html",
    "modules/_aio_streams.html",
    "modules/_aio_subprocess.html",
    "modules/_aio_errors.html",
    "classes/_aio_streams.StreamReader.html",
    "functions/_aio_subprocess.createSubprocessExec.html",
    "documents/Benchmark_results.html",
  ])("shows %s without errors, within the width of a phone", async (path) => {
    const page = await open(path, 390);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("finds readuntil", async () => {
    const page = await open("index.html");
    await page.locator("#tsd-search-trigger").click();
    await page.locator("#tsd-search-input").fill("readuntil");
    const found = page.locator("#tsd-search-results a[href*='StreamReader.html#readuntil']");
    await found.first().click();
    await page.waitForURL(/StreamReader\.html#readuntil/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("shows the benchmark's chart on the package's page", async () => {
    const page = await open("modules/_aio_sync.html");
    const chart = page.locator("img[src$='results-sync.svg']");
    const width = await chart.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    expect(width).toBeGreaterThan(0);
    await page.close();
  });
});
