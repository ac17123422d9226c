-- A session file of layout 5, as a version wrote it that entered each turn in the row of its session at once.
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1145654343;
PRAGMA user_version = 5;
BEGIN TRANSACTION;
CREATE TABLE claims (
    bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL, holder TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (bot, user, message)
) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE knocks (
    bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL,
    count INTEGER NOT NULL, given_up INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (bot, user, message)
) WITHOUT ROWID;
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE parcels (
    bot TEXT NOT NULL, user TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    due REAL NOT NULL, for_next INTEGER NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY (bot, user, id)
) WITHOUT ROWID;
INSERT INTO "parcels" VALUES('demo','bob','m:1','{}',1767254400.0,0,904083551);
CREATE TABLE places (place INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (place, id)) WITHOUT ROWID;
CREATE TABLE "replies" (
    id INTEGER PRIMARY KEY, bot TEXT NOT NULL, user TEXT NOT NULL, message TEXT NOT NULL, reply BLOB NOT NULL,
    at REAL NOT NULL, sum INTEGER
, place INTEGER NOT NULL DEFAULT 0);
INSERT INTO "replies" VALUES(1,'demo','ann','first',X'6669727374207265706C79',1767254399.999,1479139991,3436847440818927403);
INSERT INTO "replies" VALUES(2,'demo','bob','m',X'',1767254400.0,3817160738,2794416569181075764);
INSERT INTO "replies" VALUES(3,'demo','ann','m',X'7265706C79',1767254400.0,3841139186,3436847441477957940);
CREATE TABLE "sessions" (
    id INTEGER PRIMARY KEY, bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL,
    conversation TEXT, memory TEXT NOT NULL, at REAL NOT NULL,
    wake REAL, conversation_sum INTEGER, memory_sum INTEGER
, idle_from REAL, loose BLOB NOT NULL DEFAULT x'');
INSERT INTO "sessions" VALUES(1,'demo','ann',1767254400000,'{"v":1,"started":{"$datetime":"2026-01-01T08:00:00Z","zone":"UTC"},"turns":2}','{"v":1,"memory":{"name":"安"}}',1767254400.0,NULL,2499985838,322431006,1767254400.0,X'0100000000000000000000002BF738490200000034F98070');
INSERT INTO "sessions" VALUES(2,'demo','bob',1767254400000,'{"v":1,"started":{"$datetime":"2026-01-01T08:00:00Z","zone":"UTC"},"turns":1}','',1767254400.0,1767258000.0,253313645,3911270595,NULL,X'02000000000000000000000034F98070');
CREATE TABLE shared_values (name TEXT PRIMARY KEY, value TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE unreadable (
    bot TEXT NOT NULL, user TEXT NOT NULL, revision INTEGER NOT NULL, conversation TEXT, memory TEXT NOT NULL,
    found TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX sessions_of ON sessions (bot, user);
CREATE INDEX sessions_wake ON sessions (bot, wake) WHERE wake IS NOT NULL;
CREATE INDEX replies_at ON replies (at);
CREATE INDEX parcels_due ON parcels (bot, due) WHERE NOT for_next;
CREATE INDEX parcels_for_next ON parcels (due) WHERE for_next;
CREATE INDEX knocks_at ON knocks (at);
CREATE INDEX claims_until ON claims (until);
CREATE INDEX shared_values_until ON shared_values (until);
CREATE INDEX counters_until ON counters (until);
CREATE INDEX leases_until ON leases (until);
CREATE INDEX sessions_idle ON sessions (bot, idle_from) WHERE idle_from IS NOT NULL;
COMMIT;
