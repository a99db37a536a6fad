import { expect, it } from 'vitest';
import { deviceName } from './device-name.js';

it('names a device as its owner would', () => {
  expect(
    deviceName(
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0',
    ),
  ).toBe('Edge on Windows');
  expect(
    deviceName(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
    ),
  ).toBe('Safari on macOS');
});

it('names a program by its own word', () => {
  expect(deviceName('curl/8.5.0')).toBe('curl');
  expect(deviceName(null)).toBe('An unknown program');
});
