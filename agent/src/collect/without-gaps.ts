/** Without what is not known. */
export const withoutGaps = <T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): {
  -readonly [K in keyof T]?: T[K];
} => {
  const kept: { -readonly [K in keyof T]?: T[K] } = {};
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept;
};
