import type { AgentAtCarrier } from '@outdial/core';

/**
 * Campaigns of the carrier's own: a list of numbers per agent, which the agent calls in the carrier's app; nothing can start, pause or
 * follow it from outside. Outdial's sessions do not use it. It is for agents who prefer it: hand numbers over, see what was called, take
 * the campaign back. Never throws.
 */
export interface CampaignsAtCarrier {
  /** Creates the agent's campaign, or adds to it. Handing a number over again is safe: it is reported as waiting. */
  handOver(agent: AgentAtCarrier, phones: readonly string[]): Promise<HandOver>;
  progress(agent: AgentAtCarrier): Promise<CampaignProgress>;
  /** Takes single numbers out. One that was called already stays, as it is history there. */
  remove(agent: AgentAtCarrier, phones: readonly string[]): Promise<Removal>;
  /**
   * Deletes the campaign and returns what was called. The agent may call one more number between the two requests, so
   * have them stop first.
   */
  takeBack(agent: AgentAtCarrier): Promise<TakenBack>;
}

export interface CampaignFailure {
  readonly kind: 'failed';
  /** `unknown`: it may have happened; look at the progress before asking again. */
  readonly mayTryAgain: 'yes' | 'no' | 'unknown';
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export interface HandOver {
  /** `partly`: the campaign took some numbers before something failed (see `failure`). */
  readonly kind: 'handed_over' | 'partly' | 'failed';
  readonly accepted: readonly string[];
  /** In the campaign already, and not called yet. */
  readonly alreadyWaiting: readonly string[];
  /** Refused, or never asked for because an earlier batch failed. */
  readonly notHandedOver: readonly string[];
  readonly failure: CampaignFailure | null;
}

export interface CampaignNumber {
  readonly id: string;
  /** E.164 if it can be derived. */
  readonly phone: string;
  readonly called: boolean;
  readonly addedAt: Date | null;
}

export type CampaignProgress =
  | { readonly kind: 'none' }
  | { readonly kind: 'campaign'; readonly numbers: readonly CampaignNumber[] }
  | CampaignFailure;

export type Removal =
  | {
      readonly kind: 'removed';
      readonly removed: readonly string[];
      readonly alreadyCalled: readonly string[];
      readonly notInCampaign: readonly string[];
    }
  | CampaignFailure;

export type TakenBack =
  | { readonly kind: 'none' }
  | { readonly kind: 'taken_back'; readonly numbers: readonly CampaignNumber[] }
  | CampaignFailure;
