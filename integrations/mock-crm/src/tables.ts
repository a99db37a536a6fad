/**
 * The mock CRM's own house; nothing else in Outdial reads these tables. Their definition is in
 * `adapters/postgres/migrations`.
 */
export interface MockCrmTables {
  mock_crm_contacts: ContactRow;
  mock_crm_activities: ActivityRow;
  mock_crm_faults: FaultsRow;
}

export interface ContactRow {
  external_id: string;
  source_lead_id: string;
  name: string;
  phone: string;
  email: string | null;
  company: string | null;
  job_title: string | null;
  created_at: Date;
  updated_at: Date;
}

export interface FaultsRow {
  only_row: boolean;
  down: boolean;
  fail_rate: number;
  lose_answer_rate: number;
}

export interface ActivityRow {
  id: string;
  source_activity_id: string;
  contact_external_id: string;
  outcome: string;
  disposition: string;
  notes: string;
  agent_name: string;
  started_at: Date;
  ended_at: Date;
  talk_seconds: number;
  created_at: Date;
  updated_at: Date;
}
