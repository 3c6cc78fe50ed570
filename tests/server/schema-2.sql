-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database as the second schema had it: the data of schema-1.sql, taken over.
CREATE TABLE calls (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, channel TEXT UNIQUE NOT NULL,
  type TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, started INTEGER NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0);
INSERT INTO "calls" VALUES(1,'1','call_1','audio','ended','hangup',1760000000000,1760000002000,1760000062000);
INSERT INTO "calls" VALUES(2,'2','call_2','video','rejected','declined',1760000100000,0,1760000101000);
INSERT INTO "calls" VALUES(3,'3','call_3','audio','missed','timeout',1770000000000,0,1770000030000);
INSERT INTO "calls" VALUES(4,'4','call_4','video','active',NULL,1770000100000,1770000101000,0);
CREATE TABLE counts (user_id TEXT NOT NULL, peer_id TEXT NOT NULL, level INTEGER NOT NULL,  bucket INTEGER NOT NULL, k0 INTEGER NOT NULL, k1 INTEGER NOT NULL, k2 INTEGER NOT NULL, k3 INTEGER NOT NULL, k4 INTEGER NOT NULL, k5 INTEGER NOT NULL, k6 INTEGER NOT NULL, k7 INTEGER NOT NULL, k8 INTEGER NOT NULL, k9 INTEGER NOT NULL, k10 INTEGER NOT NULL, k11 INTEGER NOT NULL, k12 INTEGER NOT NULL, k13 INTEGER NOT NULL, k14 INTEGER NOT NULL, k15 INTEGER NOT NULL, PRIMARY KEY (user_id, peer_id, level, bucket)) WITHOUT ROWID;
INSERT INTO "counts" VALUES('a','',0,26226,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','',0,26375,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','',1,204,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','',1,206,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','b',0,26226,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','b',1,204,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','c',0,26375,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0);
INSERT INTO "counts" VALUES('a','c',1,206,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0);
INSERT INTO "counts" VALUES('b','',0,26226,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('b','',1,204,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('b','a',0,26226,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('b','a',1,204,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('c','',0,26375,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('c','',1,206,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('c','a',0,26375,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0);
INSERT INTO "counts" VALUES('c','a',1,206,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0);
CREATE TABLE hidden (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE, user_id TEXT NOT NULL,
  PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;
INSERT INTO "hidden" VALUES('2','a');
CREATE TABLE history (user_id TEXT NOT NULL, started INTEGER NOT NULL, call_seq INTEGER NOT NULL,  peer_id TEXT NOT NULL, kind INTEGER NOT NULL, duration INTEGER NOT NULL, mos REAL, rating INTEGER,  PRIMARY KEY (user_id, started, call_seq)) WITHOUT ROWID;
INSERT INTO "history" VALUES('a',1760000000000,1,'b',2,60,NULL,NULL);
INSERT INTO "history" VALUES('a',1770000000000,3,'c',10,0,NULL,NULL);
INSERT INTO "history" VALUES('b',1760000000000,1,'a',0,60,NULL,NULL);
INSERT INTO "history" VALUES('b',1760000100000,2,'a',7,0,NULL,NULL);
INSERT INTO "history" VALUES('c',1770000000000,3,'a',8,0,NULL,NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE participants (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id), role TEXT NOT NULL, started INTEGER NOT NULL,
  seen INTEGER NOT NULL DEFAULT 0, live INTEGER NOT NULL, PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;
INSERT INTO "participants" VALUES('1','a','caller',1760000000000,1,0);
INSERT INTO "participants" VALUES('1','b','receiver',1760000000000,1,0);
INSERT INTO "participants" VALUES('2','a','receiver',1760000100000,1,0);
INSERT INTO "participants" VALUES('2','b','caller',1760000100000,1,0);
INSERT INTO "participants" VALUES('3','a','caller',1770000000000,1,0);
INSERT INTO "participants" VALUES('3','c','receiver',1770000000000,0,0);
INSERT INTO "participants" VALUES('4','a','caller',1770000100000,1,1);
INSERT INTO "participants" VALUES('4','b','receiver',1770000100000,1,1);
CREATE TABLE peers (user_id TEXT NOT NULL, peer_id TEXT NOT NULL, PRIMARY KEY (user_id, peer_id)) WITHOUT ROWID;
INSERT INTO "peers" VALUES('a','b');
INSERT INTO "peers" VALUES('a','c');
INSERT INTO "peers" VALUES('b','a');
INSERT INTO "peers" VALUES('c','a');
CREATE TABLE quality (call_seq INTEGER NOT NULL REFERENCES calls (seq) ON DELETE CASCADE, user_id TEXT NOT NULL,  rating INTEGER, reports INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0,  final INTEGER NOT NULL DEFAULT 0, report TEXT, bitrate REAL NOT NULL DEFAULT 0,  bitrates INTEGER NOT NULL DEFAULT 0, loss REAL NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0,  latency REAL NOT NULL DEFAULT 0, latencies INTEGER NOT NULL DEFAULT 0, jitter REAL NOT NULL DEFAULT 0,  jitters INTEGER NOT NULL DEFAULT 0, mos REAL NOT NULL DEFAULT 0, moses INTEGER NOT NULL DEFAULT 0,  PRIMARY KEY (call_seq, user_id)) WITHOUT ROWID;
CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, username TEXT, full_name TEXT, avatar TEXT,
  last_seen INTEGER NOT NULL DEFAULT 0, search TEXT NOT NULL DEFAULT '');
INSERT INTO "users" VALUES('a','ann','Ann Ärger',NULL,0,'ann ärger
ann
a');
INSERT INTO "users" VALUES('b',NULL,'José',NULL,0,'josé

b');
INSERT INTO "users" VALUES('c',NULL,NULL,NULL,0,'c

c');
CREATE INDEX calls_live ON calls (status) WHERE status IN ('calling', 'active');
CREATE INDEX participants_live ON participants (user_id) WHERE live = 1;
CREATE INDEX users_search ON users (search);
CREATE TRIGGER history_in AFTER INSERT ON history BEGIN INSERT INTO counts VALUES  (new.user_id, '', 0, new.started >> 26, new.kind = 0, new.kind = 1, new.kind = 2, new.kind = 3, new.kind = 4, new.kind = 5, new.kind = 6, new.kind = 7, new.kind = 8, new.kind = 9, new.kind = 10, new.kind = 11, new.kind = 12, new.kind = 13, new.kind = 14, new.kind = 15), (new.user_id, '', 1, new.started >> 33, new.kind = 0, new.kind = 1, new.kind = 2, new.kind = 3, new.kind = 4, new.kind = 5, new.kind = 6, new.kind = 7, new.kind = 8, new.kind = 9, new.kind = 10, new.kind = 11, new.kind = 12, new.kind = 13, new.kind = 14, new.kind = 15),  (new.user_id, new.peer_id, 0, new.started >> 26, new.kind = 0, new.kind = 1, new.kind = 2, new.kind = 3, new.kind = 4, new.kind = 5, new.kind = 6, new.kind = 7, new.kind = 8, new.kind = 9, new.kind = 10, new.kind = 11, new.kind = 12, new.kind = 13, new.kind = 14, new.kind = 15),  (new.user_id, new.peer_id, 1, new.started >> 33, new.kind = 0, new.kind = 1, new.kind = 2, new.kind = 3, new.kind = 4, new.kind = 5, new.kind = 6, new.kind = 7, new.kind = 8, new.kind = 9, new.kind = 10, new.kind = 11, new.kind = 12, new.kind = 13, new.kind = 14, new.kind = 15)  ON CONFLICT (user_id, peer_id, level, bucket) DO UPDATE SET k0 = k0 + excluded.k0, k1 = k1 + excluded.k1, k2 = k2 + excluded.k2, k3 = k3 + excluded.k3, k4 = k4 + excluded.k4, k5 = k5 + excluded.k5, k6 = k6 + excluded.k6, k7 = k7 + excluded.k7, k8 = k8 + excluded.k8, k9 = k9 + excluded.k9, k10 = k10 + excluded.k10, k11 = k11 + excluded.k11, k12 = k12 + excluded.k12, k13 = k13 + excluded.k13, k14 = k14 + excluded.k14, k15 = k15 + excluded.k15; END;
CREATE TRIGGER history_out AFTER DELETE ON history BEGIN UPDATE counts SET k0 = k0 - (old.kind = 0), k1 = k1 - (old.kind = 1), k2 = k2 - (old.kind = 2), k3 = k3 - (old.kind = 3), k4 = k4 - (old.kind = 4), k5 = k5 - (old.kind = 5), k6 = k6 - (old.kind = 6), k7 = k7 - (old.kind = 7), k8 = k8 - (old.kind = 8), k9 = k9 - (old.kind = 9), k10 = k10 - (old.kind = 10), k11 = k11 - (old.kind = 11), k12 = k12 - (old.kind = 12), k13 = k13 - (old.kind = 13), k14 = k14 - (old.kind = 14), k15 = k15 - (old.kind = 15)  WHERE user_id = old.user_id AND peer_id IN ('', old.peer_id)  AND (level, bucket) IN (VALUES (0, old.started >> 26), (1, old.started >> 33)); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('calls',4);
PRAGMA user_version = 2;
