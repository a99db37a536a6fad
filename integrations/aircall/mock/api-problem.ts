/** A refusal in the application's words (reference 1.2), as opposed to the edge's `{"message":"…"}`. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(`answers ${status}`);
  }
}

export function badRequest(troubleshoot: string): ApiProblem {
  return new ApiProblem(400, { error: 'Bad Request', troubleshoot, success: false });
}

export function notFound(what: string): ApiProblem {
  return new ApiProblem(404, { error: 'Not Found', troubleshoot: `${what} not found` });
}

/** A state refusal, not a wrong verb (reference 0.5); body seen on the sister endpoint `dial` (3.1). */
export function userUnavailable(): ApiProblem {
  return methodNotAllowed('The user is currently unavailable');
}

export function methodNotAllowed(troubleshoot: string): ApiProblem {
  return new ApiProblem(405, { error: 'Method Not Allowed', troubleshoot, success: false });
}

/** Reference 5.3. */
export function unprocessable(errors: Readonly<Record<string, readonly string[]>>): ApiProblem {
  return new ApiProblem(422, { error: 'Unprocessable Entity', success: false, errors });
}

/** What the gateway says before the application is asked (reference 1.2). */
export const edge = {
  unauthorized: { message: 'Unauthorized' },
  forbidden: { message: 'Forbidden' },
  notFound: { message: 'Not Found' },
} as const;
