import type { Reporter, TestModule } from 'vitest/node';

/** Tells which tests passed at their second try only: each is a fault to be found, in the test or in what it tests. */
export default class SecondTry implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const found = modules.flatMap((file) => [...file.children.allTests()].filter((test) => test.diagnostic()?.flaky));
    if (found.length === 0) return;
    process.stdout.write(`\nPassed at the second try only: ${found.length}.\n`);
    for (const test of found) process.stdout.write(`  - ${test.module.relativeModuleId} > ${test.fullName}\n`);
  }
}
