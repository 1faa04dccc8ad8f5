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

// What typedoc's options cannot do.

const repository = "https://github.com/aio-ts/aio/blob/main/";
const files = "https://raw.githubusercontent.com/aio-ts/aio/main/";

// JavaScript's built-in errors.
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
 * Turns `@throws {Error} If …` into a link. Typedoc drops the type of the tag, which is meant for the
 * compiler in plain JavaScript, but keeps a link in its place.
 */
function linkErrors(): void {
  const readFile = ts.sys.readFile.bind(ts.sys);
  ts.sys.readFile = (path, encoding) =>
    readFile(path, encoding)?.replaceAll(/@throws \{(\w+)\}/g, (_, name: string) =>
      builtIn.has(name) ? `@throws [${name}](${reference}${name})` : `@throws {@link ${name}}`,
    );
}

/**
 * Gives a property that is picked from a class's getter (`Pick<PipeWriter, keyof PipeWriter>`) the
 * getter's comment. For methods, typedoc does so by itself.
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
 * READMEs link to charts and benchmark results on GitHub, since npm shows them too. The site has its own
 * copies.
 */
function withLocalLinks(html: string, url: string): string {
  const top = "../".repeat(url.split("/").length - 1);
  return html
    .replaceAll(`${files}tools/bench/`, `${top}media/`)
    .replaceAll(`${repository}tools/bench/results.md`, `${top}documents/Benchmark_results.html`);
}
