import { describe, expect, it } from 'vitest';
import { readProgramSettings } from '../mock/program-settings.js';

describe('starting the mock as a program', () => {
  it('the mock starts with port 4010, default credentials and a local webhook by default', () => {
    expect(readProgramSettings([], {})).toMatchObject({
      options: {
        port: 4010,
        speed: 1,
        credentials: { apiId: 'mock-id', apiToken: 'mock-token', bearer: 'mock-bearer' },
      },
      webhook: { url: 'http://127.0.0.1:3000/webhooks/aircall', token: 'mock-webhook-token' },
    });
  });

  it('flags override the environment', () => {
    const { options, apiFaults, webhook } = readProgramSettings(
      [
        '--speed',
        '20',
        '--drop',
        '5',
        '--webhook-url',
        'none',
        '--api-fault',
        '{"path":"/v1/ping","mode":"never"}',
      ],
      { PORT: '5000', MOCK_AIRCALL_SPEED: '2', MOCK_AIRCALL_DOUBLE_CONNECTED: 'true' },
    );
    expect(options).toMatchObject({
      port: 5000,
      speed: 20,
      eventFaults: { dropPercent: 5, doubleUserConnected: true },
    });
    expect(apiFaults).toMatchObject([{ path: '/v1/ping', mode: 'never' }]);
    expect(webhook).toBeUndefined();
  });

  it('all wrong settings are reported together', () => {
    const read = () =>
      readProgramSettings(['--port', 'x', '--drop', '200', '--api-fault', '{'], {});
    expect(read).toThrow(/port[\s\S]*drop[\s\S]*api-fault/);
  });
});
