/** Conditions that search for a text literally: its % and _ are not wildcards. */
export const isLike = (column: string, parameter: string) => `${column} LIKE :${parameter} ESCAPE '\\'`;

export const containing = (text: string) => `%${literal(text)}%`;

export const startingWith = (text: string) => `${literal(text)}%`;

const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&');
