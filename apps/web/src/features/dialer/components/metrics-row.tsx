import type { Session } from '@outdial/protocol';
import { formatDuration, formatPercent } from '../../../domain/format-time.js';
import classes from './dialer.module.css';

/** The session in numbers. */
export function MetricsRow({ session }: { session: Session }) {
  const { attempted, failed, canceled } = session.metrics;
  // The server counts a call when it ends; who looks at a conversation reads that someone is connected.
  const talking = session.calls.filter((call) => call.winner && call.state === 'IN_PROGRESS');
  const connected = session.metrics.connected + talking.length;
  const ended = connected + failed + canceled;
  const talk = session.calls.reduce((sum, call) => sum + call.talk_seconds, 0);
  return (
    <dl className={classes.metrics} aria-label="Metrics of this session">
      <Metric label="Attempted" value={attempted} />
      <Metric label="Connected" value={connected} />
      <Metric label="Not reached" value={failed} />
      <Metric label="Canceled" value={canceled} />
      <Metric label="Connect rate" value={ended === 0 ? '–' : formatPercent(connected / ended)} />
      <Metric label="Talk time" value={formatDuration(talk)} />
    </dl>
  );
}

function Metric({ label, value }: { label: string; value: string | number }) {
  return (
    <div className={classes.metric}>
      <dt>{label}</dt>
      <dd className="tabular">{value}</dd>
    </div>
  );
}
