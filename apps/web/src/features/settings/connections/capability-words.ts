import type { CarrierCapabilities } from '@outdial/protocol';

/** What a phone system can do for a dialer, in short phrases. */
export function capabilityWords(it: CarrierCapabilities): readonly string[] {
  return [
    it.reaches_real_phones ? 'Real phones ring' : 'No real phone rings',
    it.max_lines_per_agent === 1
      ? 'One line per agent'
      : `Up to ${it.max_lines_per_agent} lines per agent`,
    it.can_hang_up ? 'Outdial can hang up' : 'Only the agent hangs up',
    ...(it.detects_machines ? ['Detects answering machines'] : []),
  ];
}
