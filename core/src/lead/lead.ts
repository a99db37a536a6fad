/** A person to call. */
export interface Lead {
  readonly id: string;
  readonly name: string;
  readonly jobTitle: string | null;
  /** E.164. */
  readonly phone: string;
  readonly company: string | null;
  readonly email: string | null;
  /** As sales people write it: "51-200", "1000+", "12". */
  readonly headcount: string | null;
  readonly industry: string | null;
  /** IANA name, when the lead's own zone is known; otherwise the number's prefix tells. */
  readonly timeZone: string | null;
  /** Higher is called sooner, after priority. */
  readonly score: number;
  readonly enrichment: Enrichment | null;
  /** The CRM's id of this contact, once it has one. */
  readonly crmExternalId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an enrichment provider knows about a lead beyond what the rep brought. */
export interface Enrichment {
  readonly provider: string;
  readonly enrichedAt: Date;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}
