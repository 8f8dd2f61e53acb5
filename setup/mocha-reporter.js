"use strict";
// Mocha's "spec" output for the reader, and the true counts as JSON for `npm test`.
const fs = require("node:fs");
const Mocha = require("mocha");

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;

/** Why a test was skipped: told by `skip(this, reason)` of test/support, on the test or on a suite around it. */
function skipReason(test) {
    for (let place = test; place; place = place.parent) if (place.skipReason) return place.skipReason;
    return "no reason given";
}

class CountingReporter extends Mocha.reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const counts = { passed: 0, failed: 0, skipped: [], failures: [] };
        runner.on(EVENT_TEST_PASS, () => counts.passed++);
        // failed hooks come as this event too: each is a failure that hid at least one test
        runner.on(EVENT_TEST_FAIL, (test) => {
            counts.failed++;
            counts.failures.push(test.fullTitle());
        });
        runner.on(EVENT_TEST_PENDING, (test) => {
            counts.skipped.push({ title: test.fullTitle(), reason: skipReason(test) });
        });
        runner.on(EVENT_RUN_END, () => {
            fs.writeFileSync(options.reporterOptions.counts, JSON.stringify(counts));
        });
    }
}

module.exports = CountingReporter;
