import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** What a server publishes of its operations, and whether it keeps to it. */
export interface PublishedSurface {
  /** Whether the operation is a GET. */
  reads(operation: string): boolean;
  /** Hands the answer back if it fits the schema of the operation; clients refuse one that does not. */
  checked<T>(operation: string, answer: T): T;
}

const known = new Map<string, Promise<PublishedSurface>>();

/** Asked once for each server. */
export function publishedSurface(url: string): Promise<PublishedSurface> {
  const asked = known.get(url) ?? ask(url);
  known.set(url, asked);
  return asked;
}

interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: { 200: { content: Record<string, { schema: object }> } } }>
  >;
}

async function ask(url: string): Promise<PublishedSurface> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  // Without the schema of schemas, which takes longer to compile than all others.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, meta: false, validateSchema: false });
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (operation: string) => {
    const [method] = Object.values(paths[`/${operation}`] ?? {});
    const schema = method?.responses[200].content['application/json']?.schema;
    const validator = validators.get(operation) ?? (schema && ajv.compile(schema));
    if (validator) validators.set(operation, validator);
    return validator;
  };
  return {
    reads: (operation) => 'get' in (paths[`/${operation}`] ?? {}),
    checked(operation, answer) {
      const validate = validatorOf(operation);
      if (!validate || validate(answer)) return answer;
      throw new Error(`What ${operation} answers does not fit its schema: ${ajv.errorsText(validate.errors)}`);
    },
  };
}
