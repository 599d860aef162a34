// Talking to /api/v1 from our own page: the cookie signs in, the browser itself says where a request comes from.

/** The server answered, and refused. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.code ?? String(status));
    this.status = status;
    this.problem = problem ?? {};
  }
}

/** No answer: no network, or it took too long. Nothing is known about what arrived. */
export class NoAnswer extends Error {}

export async function ask(method, path, body, headers = {}) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(20000),
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new NoAnswer();
  }
  const text = await response.text().catch(() => { throw new NoAnswer(); });
  let content = null;
  try { content = text ? JSON.parse(text) : null; } catch { /* a proxy's own page */ }
  if (!response.ok) throw new Refused(response.status, content);
  return content;
}
