import { Health, Readiness } from '../health.js';
import { operation } from './define.js';

export const server = {
  health: operation({
    id: 'getHealth',
    method: 'GET',
    path: '/healthz',
    tag: 'operations',
    summary: 'Liveness: the process responds',
    permission: 'public',
    answers: { 200: Health },
  }),
  readiness: operation({
    id: 'getReadiness',
    method: 'GET',
    path: '/readyz',
    tag: 'operations',
    summary: 'Readiness: whether the server can work, and which parts it uses',
    permission: 'public',
    // The one answer above 399 that is no problem: monitors want to know which dependency it is.
    answers: { 200: Readiness, 503: Readiness },
  }),
  /** For the machine itself without a key too: see `authorize` in the server. */
  metrics: operation({
    id: 'getMetrics',
    method: 'GET',
    path: '/metrics',
    tag: 'operations',
    summary: 'Metrics for Prometheus',
    permission: ['metrics.read'],
    answers: { 200: { contentType: 'text/plain', description: 'Metrics.' } },
  }),
};
