/** Who makes a change, and from where. Core only passes it on. */
export interface Author {
  readonly actor: {
    readonly kind: 'user' | 'api_key' | 'anonymous' | 'system';
    readonly id: string | null;
    readonly name: string;
  };
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What a decision wants in the audit log: stored in the transaction of its change, so that neither is there without the other. */
export interface AuditNote extends Author {
  readonly action:
    | 'suppression_added'
    | 'suppression_removed'
    | 'session_paused_by_other'
    | 'session_resumed_by_other'
    | 'session_stopped_by_other'
    | 'session_dialed_next_by_other';
  readonly target: { readonly kind: string; readonly id: string };
  readonly details: Readonly<Record<string, unknown>>;
}
