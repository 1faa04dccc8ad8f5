import type { Step } from "./language.ts";

/** How a step ended: "ok" with what it gave, or the name of an error with its fields. */
export type Outcome = readonly (string | number | boolean | null)[];

/** What a side of a scenario is asked to do. */
export interface Request {
  /** Which run of which scenario it belongs to. */
  readonly world: string;
  readonly step: Step;
  /** What the scenario runs over, and what it needs to: paths, certificates, the server's address. */
  readonly setting: Readonly<Record<string, unknown>>;
}

/** What it answers. */
export interface Reply {
  readonly outcome: Outcome;
  /** What later requests have in their setting. */
  readonly setting?: Readonly<Record<string, unknown>>;
}

/** A side that scenarios run on. */
export interface Host {
  readonly name: "asyncio" | "aio";
  perform(request: Request): Promise<Reply>;
}

/** A call that a scenario goes on without. */
export interface Call {
  readonly outcome: Promise<Outcome>;
  hasEnded: boolean;
  cancel(): void;
}

/** The end of every scenario: what is left is closed, and what was left is told. */
export const ending: Step = {
  text: "the end",
  label: null,
  target: "",
  verb: "end",
  args: [],
  options: {},
};
