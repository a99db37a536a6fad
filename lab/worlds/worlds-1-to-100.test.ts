import { describe } from 'vitest';
import { liveThrough } from './live-through.js';

describe('in simulated shifts with processes that die, events that get lost and people who change their minds', () => {
  liveThrough(1, 100);
});
