-- A session file of layout 1, as a version before parcels and timers wrote it.
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1145654343;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE replies (
    bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL, reply BLOB NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, user, message)
) WITHOUT ROWID;
INSERT INTO "replies" VALUES('demo','ann','m',X'7265706C79',1767254400.0);
CREATE TABLE sessions (
    bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL,
    conversation TEXT, memory TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, user)
) WITHOUT ROWID;
INSERT INTO "sessions" VALUES('demo','ann',4,'{"v":1,"started":{"$datetime":"2026-01-01T08:00:00+00:00","zone":"UTC"},"turns":2}','{"v":1,"memory":{"name":"安"}}',1767254400.0);
CREATE TABLE unreadable (
    bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL, conversation TEXT, memory TEXT NOT NULL,
    found TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX sessions_at ON sessions (bot, at) WHERE conversation IS NOT NULL;
CREATE INDEX replies_at ON replies (at);
COMMIT;
