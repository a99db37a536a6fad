import { Code } from '@mantine/core';
import type { AuditEntry } from '@outdial/protocol';
import { changesOf, fieldText, valueText } from '../../../domain/audit-sentence.js';
import { ACTOR_KIND_WORDS } from '../../../domain/catalogue/words.js';
import { formatFullMoment } from '../../../domain/format-time.js';
import { Facts } from '../../../ui/facts.js';
import classes from './entry-details.module.css';

/** All that the log holds of one entry. */
export function EntryDetails({ entry }: { entry: AuditEntry }) {
  const changes = changesOf(entry);
  const { before: _before, after: _after, ...rest } = entry.details;
  return (
    <div className={classes.details}>
      {changes.length > 0 && (
        <table className={classes.changes}>
          <thead>
            <tr>
              <th>What</th>
              <th>Before</th>
              <th>After</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ field, before, after }) => (
              <tr key={field}>
                <td>{fieldText(field)}</td>
                <td className={classes.was}>{before === undefined ? '–' : valueText(before)}</td>
                <td>{valueText(after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Facts
        facts={[
          ...Object.entries(rest).map(
            ([field, value]) => [capital(fieldText(field)), valueText(value)] as const,
          ),
          ['At', formatFullMoment(entry.at)],
          ['By', `${entry.actor.name} (${ACTOR_KIND_WORDS[entry.actor.kind]})`],
          ['From', entry.address],
          ['About', entry.target && `${fieldText(entry.target.kind)} ${entry.target.id}`],
          ['Request', entry.request_id],
          [
            `Hash of no. ${entry.seq}`,
            <Code key="hash" fz="xs">
              {entry.hash}
            </Code>,
          ],
        ]}
      />
    </div>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
