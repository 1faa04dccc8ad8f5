/** Do a job for each of a list, so many at a time. */
export async function allAtOnce<T>(
  list: readonly T[],
  atOnce: number,
  job: (one: T) => Promise<void>,
): Promise<void> {
  const left = list.values();
  const work = async (): Promise<void> => {
    for (const one of left) await job(one);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
