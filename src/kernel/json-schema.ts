/** The subset of JSON Schema that our classes produce. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  $ref?: string;
  [keyword: string]: unknown;
}

/** One problem with a field of an input. */
export interface Issue {
  readonly field: string;
  readonly message: string;
}
