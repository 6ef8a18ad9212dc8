-- What the files of a data directory are, as tables. Paths and contents are those of the files, byte for byte.

-- Files that aren't a day's.
CREATE TABLE IF NOT EXISTS document (
    path text PRIMARY KEY,
    content bytea NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Files of days: stats/, hours/, unattributed/, counted/, presence/. A month is a partition, made when it is first written to.
CREATE TABLE IF NOT EXISTS day_document (
    day date NOT NULL,
    folder text NOT NULL,
    content bytea NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (day, folder)
) PARTITION BY RANGE (day);

-- The journal: what was committed since the last checkpoint, in parts. `at` is a length in bytes, as in a file; one writer counts it.
CREATE TABLE IF NOT EXISTS journal (
    part bigint NOT NULL,
    at bigint NOT NULL,
    lines bytea NOT NULL,
    PRIMARY KEY (part, at)
);

-- Which part is which of the journal's files.
CREATE TABLE IF NOT EXISTS journal_part (
    path text PRIMARY KEY,
    part bigint NOT NULL
);

-- Who may write. Whoever takes it over raises the epoch, and what comes with an older one is refused.
CREATE TABLE IF NOT EXISTS lease (
    name text PRIMARY KEY,
    epoch bigint NOT NULL,
    -- How often the register was changed. With the epoch: which one it is.
    register bigint NOT NULL DEFAULT 0,
    holder text NOT NULL,
    address text NOT NULL,
    until timestamptz NOT NULL
);

-- Updates that a replica has taken from Telegram together and that nobody has counted yet. The number of such a bundle is drawn.
CREATE TABLE IF NOT EXISTS inbox (
    bot bigint NOT NULL,
    bundle bigint NOT NULL,
    arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Whether who counts may be another matter after it.
    may_change_register boolean NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (bot, bundle)
);
CREATE INDEX IF NOT EXISTS inbox_changes ON inbox (bundle) WHERE may_change_register;

-- For people with SQL: messages of a teacher in a group on a day.
CREATE OR REPLACE VIEW cell AS
SELECT day, chat::bigint AS chat, teacher, tally
FROM day_document,
     LATERAL jsonb_each(convert_from(content, 'UTF8')::jsonb) AS of_day (chat, teachers),
     LATERAL jsonb_each(teachers) AS of_chat (teacher, tally)
WHERE folder = 'stats';
