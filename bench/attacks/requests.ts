import { signIn } from '../../test/support/oauth.js';

/** A guest's token. */
export const guest = async (url: string, name: string): Promise<string> => (await signIn(url, name)).access_token;

const HEADERS = (token?: string) => ({
  'content-type': 'application/json',
  ...(token && { authorization: `Bearer ${token}` }),
});

/** Posts a body and reads the answer to its end, whatever it is; a connection that is cut off is an answer, too. */
export const post = async (url: string, path: string, body: string | object, token?: string): Promise<string> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + path, { method: 'POST', headers: HEADERS(token), body: text });
  return response.text();
};

export const get = async (url: string, path: string, token?: string): Promise<string> =>
  (await fetch(url + path, { headers: HEADERS(token) })).text();

/** As `post`, for what has to succeed: answers with the view. */
// biome-ignore lint/suspicious/noExplicitAny: who asks knows what it asked for
export async function call(url: string, operation: string, input: object, token: string): Promise<any> {
  const answer = JSON.parse(await post(url, `/${operation}`, input, token));
  if (answer.code !== undefined && answer.status >= 400) throw new Error(`${operation}: ${JSON.stringify(answer)}`);
  return answer;
}

/** JSON of so many fields, which is slow to parse for its length. */
export const manyFields = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])));
