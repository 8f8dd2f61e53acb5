/** Append-only: a data directory of any earlier version opens by running what it lacks. */
export const migrations: readonly string[] = [
    `
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE records (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE TABLE tasks (
        sequence INTEGER PRIMARY KEY,
        job INTEGER NOT NULL,
        idKey TEXT NOT NULL,
        id TEXT NOT NULL,
        state INTEGER NOT NULL,
        blockedBy INTEGER NOT NULL,
        slots INTEGER NOT NULL,
        created INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        stateTime INTEGER NOT NULL,
        startTime INTEGER,
        endTime INTEGER,
        exitCode INTEGER,
        result TEXT,
        retention INTEGER,
        spec TEXT NOT NULL,
        life TEXT NOT NULL
    );
    CREATE UNIQUE INDEX tasksById ON tasks (job, idKey);
    CREATE INDEX tasksByState ON tasks (job, state, idKey);
    CREATE INDEX tasksReady ON tasks (job, sequence) WHERE state = 0 AND blockedBy = 0;
    CREATE INDEX tasksInFlight ON tasks (job, sequence) WHERE state IN (1, 2);
    CREATE INDEX tasksRetained ON tasks (retention) WHERE retention IS NOT NULL;
    CREATE TABLE waitsForId (job INTEGER NOT NULL, parent TEXT NOT NULL, child INTEGER NOT NULL, PRIMARY KEY (job, parent, child)) WITHOUT ROWID;
    CREATE TABLE waitsForRange (job INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, child INTEGER NOT NULL);
    CREATE INDEX waitsForRangeByStart ON waitsForRange (job, start, stop);
    CREATE TABLE satisfiedIds (job INTEGER NOT NULL, idKey TEXT NOT NULL, PRIMARY KEY (job, idKey)) WITHOUT ROWID;
    CREATE TABLE satisfiedNumbers (job INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (job, number)) WITHOUT ROWID;
    CREATE TABLE journal (entry INTEGER PRIMARY KEY, at INTEGER NOT NULL, subject TEXT NOT NULL, fromState TEXT, toState TEXT NOT NULL, cause TEXT NOT NULL, requestId TEXT);
    CREATE INDEX journalBySubject ON journal (subject, entry);
    `,
    `
    CREATE TABLE taskCounts (
        job INTEGER PRIMARY KEY,
        active INTEGER NOT NULL,
        running INTEGER NOT NULL,
        succeeded INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        blocked INTEGER NOT NULL,
        activeSlots INTEGER NOT NULL,
        runningSlots INTEGER NOT NULL,
        succeededSlots INTEGER NOT NULL,
        failedSlots INTEGER NOT NULL
    );
    INSERT INTO taskCounts
        SELECT
            job,
            TOTAL(state = 0),
            TOTAL(state IN (1, 2)),
            TOTAL(state = 3 AND result IS NOT 'failure'),
            TOTAL(state = 3 AND result IS 'failure'),
            TOTAL(state = 0 AND blockedBy > 0),
            TOTAL((state = 0) * slots),
            TOTAL((state IN (1, 2)) * slots),
            TOTAL((state = 3 AND result IS NOT 'failure') * slots),
            TOTAL((state = 3 AND result IS 'failure') * slots)
        FROM tasks GROUP BY job;
    `,
];
