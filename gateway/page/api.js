// REST. Who asks is known by the cookie that signing in set and that no script can read.

/// What the server refused: `code` is stable (schema/errors.md), the message is for people.
export class Problem extends Error {
  constructor({code, message, retryAfter}) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/// A random id of 32 hex digits (crypto.randomUUID is not there on plain HTTP).
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

const nextOf = link => /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];

async function send(method, path, body, key) {
  const headers = {accept: 'application/json'};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key) headers['idempotency-key'] = key;
  const answer = await fetch(path, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store',
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Problem({
      code: said.code ?? 'unavailable', message: said.message ?? 'The server did not answer as it should',
      retryAfter: Number(answer.headers.get('retry-after')) || undefined,
    });
  return {said, next: nextOf(answer.headers.get('link'))};
}

/// The answer's body.
export const get = async path => (await send('GET', path)).said;

/// One page of a list, and where the next one is: {items, next?}.
export async function page(path) {
  const {said, next} = await send('GET', path);
  return {items: said, next};
}

/// A write takes effect once: when its answer was lost on the way it is asked for again, under the same key.
export async function post(path, body = {}) {
  const key = randomId();
  try {
    return (await send('POST', path, body, key)).said;
  } catch (error) {
    if (error instanceof Problem) throw error;
    return (await send('POST', path, body, key)).said;
  }
}
