import { type RawBuilder, sql } from 'kysely';

/**
 * Selects the open campaign reservation of a number, if any: the claim skips such a number. One that was
 * called keeps its place until the campaign is taken back, because the agent may be talking still.
 */
export const handedOver = (phone: RawBuilder<unknown>, columns = sql``): RawBuilder<unknown> => sql`
  select ${columns} from campaign_numbers n where n.phone = ${phone} and n.state in ('WAITING', 'CALLED')`;
