// Brings the import law of rooms.ts to the linter. Every way to name a module counts: a built-in rule would not see `import()`.
import { dirname, relative, sep } from 'node:path';

import { refusal } from './rooms.ts';

type Source = { readonly type: string; readonly value?: unknown };
type Node = { readonly type: string; readonly source?: Source | null };
type Context = {
  readonly physicalFilename: string;
  report(problem: { readonly node: Node; readonly message: string }): void;
};

const root = dirname(dirname(import.meta.dirname));

const create = (context: Context) => {
  const file = relative(root, context.physicalFilename).split(sep).join('/');
  const look = (node: Node): void => {
    if (!node.source) return; // `export const …` names no module
    const { value } = node.source;
    const message = refusal(file, typeof value === 'string' ? value : undefined);
    if (message !== undefined) context.report({ node, message });
  };
  return {
    ImportDeclaration: look,
    ExportNamedDeclaration: look,
    ExportAllDeclaration: look,
    ImportExpression: look,
    TSImportType: look,
  };
};

/** Tests, and a fixture (`fixture.ts`, `clocks-fixture.ts`), which only its tests may import. */
const isTest = (file: string): boolean => /(\.test\.tsx?|[/-]fixture\.ts)$/.test(file);

export default {
  meta: { name: 'fettle' },
  rules: { rooms: { create: (context: Context) => (isTest(context.physicalFilename) ? {} : create(context)) } },
};
