import { type Metric, meaningOf, OUTCOMES } from '@outdial/core';
import { type RawBuilder, sql } from 'kysely';

/** As a list for SQL. */
export const outcomesOf = (metric: Metric): RawBuilder<unknown> =>
  sql.join(
    OUTCOMES.filter((outcome) => meaningOf(outcome).metric === metric).map((outcome) =>
      sql.lit(outcome),
    ),
  );

const count = (metric: Metric) =>
  sql<number>`count(*) filter (where outcome in (${outcomesOf(metric)}))::integer`;

/** The sums over calls of P10, from the core's own table of outcomes. */
export const metricColumns = sql`
  ${count('connected')} as connected,
  ${count('failed')} as failed,
  ${count('canceled')} as canceled,
  coalesce(sum(talk_seconds), 0)::integer as talk_seconds`;
