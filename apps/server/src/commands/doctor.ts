import { readFileSync } from 'node:fs';
import { environment } from '../config/environment.js';
import { diagnose } from '../doctor/diagnose.js';
import { reportOf } from '../doctor/report.js';

// npm run doctor [-- --json]: what a server started here would find. Exit code 1: there is a problem.
const manifest = new URL('../../package.json', import.meta.url);
const { engines } = JSON.parse(readFileSync(manifest, 'utf8')) as { engines: { node: string } };
const diagnosis = await diagnose(environment(), {
  running: process.versions.node,
  wanted: engines.node,
  tz: process.versions.tz,
});
const forPrograms = process.argv.includes('--json');
process.stdout.write(forPrograms ? `${JSON.stringify(diagnosis, null, 2)}\n` : reportOf(diagnosis));
process.exitCode = diagnosis.ok ? 0 : 1;
