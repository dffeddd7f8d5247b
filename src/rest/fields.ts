import type { JsonSchema } from '../kernel/json-schema.js';

export interface Field {
  /** The path of the field; `slots[].label` is a field of list items. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** All fields of a schema as a flat list; nested fields follow their parent. */
export function fieldsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): Field[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const isRequired = (required as string[]).includes(key);
    const own = { name, type: typeOf(schema), isRequired, description: String(schema.description ?? '') };
    const inner = schema.items ? fieldsOf(schema.items, `${name}[].`) : fieldsOf(schema, `${name}.`);
    return [own, ...inner];
  });
}

function typeOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  const alternatives = (schema.oneOf ?? schema.anyOf) as JsonSchema[] | undefined;
  if (alternatives) return alternatives.map(typeOf).join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  return [schema.type ?? 'any'].flat().join(' or ') + limitsOf(schema);
}

function limitsOf({ minLength, maxLength, minimum, maximum }: JsonSchema): string {
  const [least, most, unit] =
    minimum === undefined && maximum === undefined ? [minLength, maxLength, ' characters'] : [minimum, maximum, ''];
  if (most === undefined) return least === undefined ? '' : `, at least ${least}${unit}`;
  return least === undefined ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
}
