import type { Step } from "./language.ts";

/** How a step ended: "ok" with its results, or the name of an error with its fields. */
export type Outcome = readonly (string | number | boolean | null)[];

/** A request to a host to perform a step. */
export interface Request {
  /** The run of the scenario that it belongs to. */
  readonly world: string;
  readonly step: Step;
  /** What the scenario runs over, with its paths, certificates and server address. */
  readonly setting: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly outcome: Outcome;
  /** Values to add to the setting of later requests. */
  readonly setting?: Readonly<Record<string, unknown>>;
}

/** An implementation that scenarios run on. */
export interface Host {
  readonly name: "asyncio" | "aio";
  perform(request: Request): Promise<Reply>;
}

/** A call that the scenario does not wait for. */
export interface Call {
  readonly outcome: Promise<Outcome>;
  hasEnded: boolean;
  cancel(): void;
}

/** The last step of every scenario: reports what is still open, and closes it. */
export const ending: Step = {
  text: "the end",
  label: null,
  target: "",
  verb: "end",
  args: [],
  options: {},
};
