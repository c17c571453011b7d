/** What was added and what was taken away, upper and lower case aside. */
export function changed(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  const folded = (names: readonly string[]) => new Set(names.map((name) => name.toLowerCase()));
  const [was, is] = [folded(before), folded(after)];
  return {
    added: after.filter((name) => !was.has(name.toLowerCase())),
    removed: before.filter((name) => !is.has(name.toLowerCase())),
  };
}
