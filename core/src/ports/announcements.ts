/** Publishes changes to subscribers. A lost announcement does no harm: screens can rebuild from the API. */
export interface Announcements {
  announce(change: Announcement): void;
}

export type Announcement =
  | { readonly kind: 'session'; readonly sessionId: string; readonly agentId: string }
  | {
      readonly kind: 'call';
      readonly callId: string;
      readonly sessionId: string;
      readonly agentId: string;
    }
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'queue'; readonly queueId: string }
  | { readonly kind: 'import'; readonly importId: string };
