import {
  type Application,
  type Context,
  Converter,
  type DeclarationReflection,
  type PageEvent,
  ReflectionKind,
  Renderer,
} from "typedoc";
import ts from "typescript";

// What the site needs beyond typedoc's options.

const repository = "https://github.com/aio-ts/aio/blob/main/";
const files = "https://raw.githubusercontent.com/aio-ts/aio/main/";

// JavaScript's own errors, and where they are described.
const builtIn = new Set(["Error", "RangeError", "TypeError"]);
const reference = "https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/";

export function load(app: Application): void {
  linkErrors();
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, commentGetter);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    if (document.name === "results") document.name = "Benchmark results";
  });
  app.renderer.on(Renderer.EVENT_END_PAGE, (page: PageEvent) => {
    page.contents &&= withLocalLinks(page.contents, page.url);
  });
}

/**
 * `@throws {Error} If …` becomes a link. Typedoc leaves out the type of the tag, which in plain
 * JavaScript is for the compiler; a link in its place is kept.
 */
function linkErrors(): void {
  const readFile = ts.sys.readFile.bind(ts.sys);
  ts.sys.readFile = (path, encoding) =>
    readFile(path, encoding)?.replaceAll(/@throws \{(\w+)\}/g, (_, name: string) =>
      builtIn.has(name) ? `@throws [${name}](${reference}${name})` : `@throws {@link ${name}}`,
    );
}

/**
 * A property drawn from a class's getter (`Pick<PipeWriter, keyof PipeWriter>`) has the getter's
 * comment. Typedoc finds those of methods by itself.
 */
function commentGetter(context: Context, property: DeclarationReflection): void {
  if (property.kind !== ReflectionKind.Property || property.hasComment()) return;
  const symbol = context.getSymbolFromReflection(property);
  const isGetter = symbol?.getDeclarations()?.some(ts.isGetAccessorDeclaration);
  if (symbol === undefined || isGetter !== true) return;
  const comment = context.getComment(symbol, ReflectionKind.GetSignature);
  if (comment !== undefined) property.comment = comment;
}

/**
 * READMEs name their charts and the benchmark results by their addresses on GitHub, since npm shows
 * them too. Here they are part of the site.
 */
function withLocalLinks(html: string, url: string): string {
  const top = "../".repeat(url.split("/").length - 1);
  return html
    .replaceAll(`${files}tools/bench/`, `${top}media/`)
    .replaceAll(`${repository}tools/bench/results.md`, `${top}documents/Benchmark_results.html`);
}
