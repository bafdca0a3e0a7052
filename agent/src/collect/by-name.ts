type Named = { readonly name: string };

/** For sorting: the same order on every machine, whatever its language. */
export const byName = ({ name: a }: Named, { name: b }: Named): number => (a < b ? -1 : Number(a > b));
