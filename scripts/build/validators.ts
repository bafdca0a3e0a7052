// Validators generated from zod schemas, so that the resident agent carries neither zod nor a schema compiler.
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { z } from 'zod';

/**
 * The source of a module that exports, as `name`, an object with the same `safeParse` as the schema.
 * Draft 7, because code for later ones keeps account of what each part has looked at, which no schema here asks.
 */
export const generateValidator = (name: string, schema: z.ZodType): string => {
  const ajv = new Ajv({ code: { source: true, esm: true }, strict: false, strictNumbers: true, inlineRefs: false });
  const validate = ajv.compile(z.toJSONSchema(schema, { io: 'input', reused: 'ref', target: 'draft-7' }));
  // the generated module names its function `validate`
  return `${slim(standaloneCode.default(ajv, validate))}\n${PARSER}\nexport const ${name} = parser(validate);`;
};

/** What an error says beside its place and its message: nobody reads it, and it is half of the code. */
const UNREAD = /,schemaPath:"[^"]*",keyword:"[^"]*",params:\{(?:"(?:[^"\\]|\\.)*"|[^{}"])*\}/g;

const slim = (code: string): string => code.replaceAll(UNREAD, '');

/** The part of zod's interface that the agent uses: `safeParse` with the path of the first problem. */
const PARSER = `
const segments = (pointer) => pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
const parser = (validate) => ({
  safeParse: (data) => {
    if (validate(data)) return { success: true, data };
    const issues = (validate.errors ?? []).map(({ instancePath, message = 'is wrong' }) => ({ path: segments(instancePath), message }));
    return { success: false, error: { issues } };
  },
});`;
