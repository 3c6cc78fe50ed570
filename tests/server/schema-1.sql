-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database as the first schema had it: what every later server must be able to take over.
CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, username TEXT, full_name TEXT, avatar TEXT,
  last_seen INTEGER NOT NULL DEFAULT 0);
CREATE TABLE calls (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, channel TEXT UNIQUE NOT NULL,
  type TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, started INTEGER NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0);
CREATE INDEX calls_live ON calls (status) WHERE status IN ('calling', 'active');
CREATE TABLE participants (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id), role TEXT NOT NULL, started INTEGER NOT NULL,
  seen INTEGER NOT NULL DEFAULT 0, live INTEGER NOT NULL, PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;
CREATE INDEX participants_history ON participants (user_id, started);
CREATE INDEX participants_live ON participants (user_id) WHERE live = 1;
CREATE TABLE hidden (call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE, user_id TEXT NOT NULL,
  PRIMARY KEY (call_id, user_id)) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;

INSERT INTO users VALUES ('a', 'ann', 'Ann Ärger', NULL, 0), ('b', NULL, 'José', NULL, 0), ('c', NULL, NULL, NULL, 0);
INSERT INTO calls (id, channel, type, status, reason, started, accepted, ended) VALUES
  ('1', 'call_1', 'audio', 'ended', 'hangup', 1760000000000, 1760000002000, 1760000062000),
  ('2', 'call_2', 'video', 'rejected', 'declined', 1760000100000, 0, 1760000101000),
  ('3', 'call_3', 'audio', 'missed', 'timeout', 1770000000000, 0, 1770000030000),
  ('4', 'call_4', 'video', 'active', NULL, 1770000100000, 1770000101000, 0);
INSERT INTO participants VALUES
  ('1', 'a', 'caller', 1760000000000, 1, 0), ('1', 'b', 'receiver', 1760000000000, 1, 0),
  ('2', 'b', 'caller', 1760000100000, 1, 0), ('2', 'a', 'receiver', 1760000100000, 1, 0),
  ('3', 'a', 'caller', 1770000000000, 1, 0), ('3', 'c', 'receiver', 1770000000000, 0, 0),
  ('4', 'a', 'caller', 1770000100000, 1, 1), ('4', 'b', 'receiver', 1770000100000, 1, 1);
INSERT INTO hidden VALUES ('2', 'a');
