import {
  type Application,
  type Comment,
  type CommentDisplayPart,
  CommentTag,
  Converter,
  DeclarationReflection,
  type PageEvent,
  type ProjectReflection,
  ReferenceType,
  ReflectionKind,
  Renderer,
  type RendererEvent,
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
  app.on("bootstrapEnd", () => app.options.setValue("markdownItLoader", keepCodeInHeadings));
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    if (document.name === "results") document.name = "Benchmark results";
  });
  app.renderer.on(Renderer.EVENT_BEGIN, ({ project }: RendererEvent) => tidy(project));
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

/** What typedoc would show twice, or of what no user can name. */
function tidy(project: ProjectReflection): void {
  removeTitle(project);
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.comment !== undefined) joinErrors(reflection.comment);
    if (!(reflection instanceof DeclarationReflection)) continue;
    removeTitle(reflection);
    hideBase(reflection);
  }
}

/** A page has a title already. */
function removeTitle({ readme: [first] = [] }: { readonly readme?: CommentDisplayPart[] }): void {
  if (first?.kind === "text") first.text = first.text.replace(/^# .*\n+/, "");
}

/** One list of a call's errors, under one heading. */
function joinErrors(comment: Comment): void {
  const errors = comment.getTags("@throws");
  if (errors.length < 2) return;
  const items: CommentDisplayPart[] = [];
  for (const { content } of errors) {
    items.push({ kind: "text", text: "- " });
    items.push(...content);
    items.push({ kind: "text", text: "\n" });
  }
  const at = comment.blockTags.findIndex(({ name }) => name === "@throws");
  comment.removeTags("@throws");
  comment.blockTags.splice(at, 0, new CommentTag("@throws", items));
}

/** A base class that is not exported only says where the source is. */
function hideBase(reflection: DeclarationReflection): void {
  const isHidden = reflection.extendedTypes?.some(
    (type) =>
      type instanceof ReferenceType &&
      type.package?.startsWith("@aio/") &&
      type.reflection?.kindOf(ReflectionKind.Class) !== true,
  );
  if (!isHidden) return;
  delete reflection.extendedTypes;
  delete reflection.typeHierarchy;
  for (const child of reflection.children ?? []) {
    for (const each of [child, ...child.getAllSignatures()]) {
      delete each.inheritedFrom;
      delete each.overwrites;
    }
  }
}

interface MarkdownToken {
  readonly type: string;
  readonly content: string;
  children: MarkdownToken[] | null;
}

interface MarkdownState {
  readonly tokens: readonly MarkdownToken[];
  readonly Token: new (type: string, tag: string, nesting: number) => { content: string };
}

interface MarkdownParser {
  readonly core: {
    readonly ruler: { push(name: string, rule: (state: MarkdownState) => void): void };
  };
}

/** The table of contents and the anchors take the plain text of a heading, but for its code. */
function keepCodeInHeadings(parser: MarkdownParser): void {
  parser.core.ruler.push("code-in-headings", ({ tokens, Token }) => {
    const made = (type: string, content: string): MarkdownToken =>
      Object.assign(new Token(type, "", 0), { type, content, children: null });
    for (const [index, { type }] of tokens.entries()) {
      const inline = tokens[index + 1];
      if (type !== "heading_open" || inline === undefined) continue;
      inline.children = (inline.children ?? []).flatMap((token) =>
        token.type === "code_inline"
          ? [
              made("html_inline", "<code>"),
              made("text", token.content),
              made("html_inline", "</code>"),
            ]
          : [token],
      );
    }
  });
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
