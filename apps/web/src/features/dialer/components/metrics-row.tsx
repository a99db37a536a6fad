import type { Session } from '@outdial/protocol';
import { formatDuration, formatPercent } from '../../../ui/format-time.js';
import classes from './dialer.module.css';

/** The session in numbers. */
export function MetricsRow({ session }: { session: Session }) {
  const { attempted, connected, failed, canceled } = session.metrics;
  const ended = connected + failed + canceled;
  const talk = session.calls.reduce((sum, call) => sum + call.talk_seconds, 0);
  return (
    <dl className={classes.metrics} aria-label="Metrics of this session">
      <Metric label="Attempted" value={attempted} />
      <Metric label="Connected" value={connected} />
      <Metric label="Failed" value={failed} />
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
