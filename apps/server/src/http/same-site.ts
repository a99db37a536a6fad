import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether the page that a browser asks from may use this server. Until there are accounts, being able to reach the
 * server is the only right one needs, and every page of the internet can reach 127.0.0.1 through its visitor's browser:
 * plain forms and WebSockets are not held back by CORS. Programs send no Origin and are let through.
 */
export function fromSameSite(headers: IncomingHttpHeaders, publicUrl: string | null): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  let asked: URL;
  try {
    asked = new URL(origin);
  } catch {
    // "null": a sandboxed frame or a local file.
    return false;
  }
  return (
    asked.host === host ||
    LOOPBACK.test(asked.hostname) ||
    (publicUrl !== null && asked.origin === new URL(publicUrl).origin)
  );
}
