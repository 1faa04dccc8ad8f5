import { failure, shown } from "./failure.ts";
import type { Outcome } from "./host.ts";
import type { Argument, Step } from "./language.ts";

/** The parts of a step, as passed to its verb. */
export interface Doing<World> {
  readonly world: World;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly options: Step["options"];
  readonly signal: AbortSignal;
}

/** Implementations of verbs, by name. */
export type Verbs<World> = Readonly<Record<string, (doing: Doing<World>) => unknown>>;

/** Perform a step, and return how it ended. */
export async function outcomeOf<World>(
  verbs: Verbs<World>,
  world: World,
  step: Step,
  signal: AbortSignal,
): Promise<Outcome> {
  const { target: name, verb, args, options } = step;
  const perform = verbs[verb];
  if (perform === undefined) throw new Error(`No such verb: ${step.text}`);
  try {
    const value = await perform({ world, name, args, options, signal });
    if (value === undefined) return ["ok"];
    return ["ok", ...(Array.isArray(value) ? value : [value]).map(told)];
  } catch (error) {
    return failure(error);
  }
}

function told(value: unknown): Outcome[number] {
  return Buffer.isBuffer(value) ? shown(value) : (value as Outcome[number]);
}
