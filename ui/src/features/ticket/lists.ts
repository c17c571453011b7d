import type { ListRow } from '@/api/bindings';

/** What was added and what was taken away, upper and lower case aside. */
export function changed(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  const folded = (names: readonly string[]) => new Set(names.map((name) => name.toLowerCase()));
  const [was, is] = [folded(before), folded(after)];
  return {
    added: after.filter((name) => !was.has(name.toLowerCase())),
    removed: before.filter((name) => !is.has(name.toLowerCase())),
  };
}

/** The lists that people keep, and those that a rule keeps with the rule in words. */
export function byRule(
  names: readonly string[],
  known: readonly Pick<ListRow, 'name' | 'automatic' | 'rule'>[],
): { own: string[]; ruled: { name: string; rule: string }[] } {
  const rules = new Map(
    known.filter((list) => list.automatic).map((list) => [list.name.toLowerCase(), list.rule ?? '']),
  );
  return {
    own: names.filter((name) => !rules.has(name.toLowerCase())),
    ruled: names.flatMap((name) => {
      const rule = rules.get(name.toLowerCase());
      return rule === undefined ? [] : [{ name, rule }];
    }),
  };
}
