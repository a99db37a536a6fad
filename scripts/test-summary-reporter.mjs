import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** From the root of the repository, where Vitest runs. */
export const summaryFile = '.build/test-summary.json';

/**
 * Writes what `npm test` has to say at the end. Vitest's own JSON report knows neither why a test was skipped nor that an
 * error happened outside of any test.
 */
export default class TestSummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state) => tests.filter((test) => test.result().state === state);
    // A file that cannot be loaded, or whose hooks fail, fails without a failed test.
    const brokenModules = modules.filter(
      (module) => !module.ok() && ![...module.children.allTests('failed')].length,
    );
    const failures = [
      ...inState('failed').map((test) => ({
        test: `${test.module.relativeModuleId} > ${test.fullName}`,
        error: firstLine(test.result().errors?.[0]?.message),
      })),
      ...brokenModules.map((module) => ({
        test: module.relativeModuleId,
        error: firstLine(module.errors()[0]?.message),
      })),
      ...unhandledErrors.map((error) => ({
        test: 'outside of any test',
        error: firstLine(error.message),
      })),
    ];
    const summary = {
      passed: inState('passed').length,
      failed: failures.length,
      failures,
      // What is still "pending" when the run ends never ran.
      skipped: [...inState('skipped'), ...inState('pending')].map((test) => ({
        test: `${test.module.relativeModuleId} > ${test.fullName}`,
        reason: test.result().note ?? 'no reason given; say it with context.skip("why")',
      })),
    };
    mkdirSync(dirname(summaryFile), { recursive: true });
    writeFileSync(summaryFile, JSON.stringify(summary, null, 2));
  }
}

function firstLine(message) {
  return message?.split('\n')[0] ?? 'no message';
}
