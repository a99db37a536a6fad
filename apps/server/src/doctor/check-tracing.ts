import { about, type Finding, wordsOf } from '@outdial/kit';

/** Sends it no traces, and hears whether it would take them. */
export async function checkTracing(endpoint: string): Promise<Finding> {
  const { ok, warning } = about('traces');
  const fix =
    'Correct OTEL_EXPORTER_OTLP_ENDPOINT: it is that of OTLP over HTTP, usually port 4318.';
  try {
    const answer = await fetch(`${endpoint}/v1/traces`, {
      redirect: 'manual',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"resourceSpans":[]}',
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok
      ? ok(`${endpoint} takes them`)
      : warning(`${endpoint} answers ${answer.status}`, fix);
  } catch (error) {
    return warning(`${endpoint} cannot be reached: ${wordsOf(error)}`, fix);
  }
}
