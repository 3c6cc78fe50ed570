/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include "tools/call-server/metrics-text.h"
#include "tools/call-server/stats.h"

#include <uv.h>

G_BEGIN_DECLS

/* What the server must not forget: users, calls, participants, in SQLite, off the event loop.
 *
 *   loop thread                      store thread
 *   store_push (job) ---- queue ---> takes all that wait, one transaction, in order
 *                                    ... run (job) for each, COMMIT (fsync) ...
 *   job->done (job) <--- uv_async -- hands them back, in order
 *
 * So an answer given in done() is on the disk, and many answers share one fsync. Jobs run one after the other: what
 * an earlier one wrote a later one sees. Changes of a call's state are decided here, by core's table, on the row as
 * it is, and written only if the row is still as it was read: neither two devices nor two servers can both win. */

typedef struct Store Store;

typedef enum
{
  STORE_TOUCH_USER,      /* user: into the directory, what it does not say stays */
  STORE_SEEN_USER,       /* user_id, now_ms: last seen */
  STORE_START_CALL,      /* user_id calls peer_id; call_type, online -> STORE_OK, _CROSSED, _NO_USER, _*_BUSY */
  STORE_CHANGE_CALL,     /* call_id, verb, user_id or event -> STORE_OK, _UNCHANGED, _NOT_FOUND, _FORBIDDEN */
  STORE_HIDE_CALL,       /* call_id, user_id -> STORE_OK, _UNCHANGED (it lives), _NOT_FOUND, _FORBIDDEN */
  STORE_GET_CALL,        /* call_id, user_id -> STORE_OK, _NOT_FOUND, _FORBIDDEN */
  STORE_RATE_CALL,       /* call_id, user_id, rating -> STORE_OK, _UNCHANGED (it rings), _NOT_FOUND, _FORBIDDEN */
  STORE_REPORT_QUALITY,  /* call_id, user_id, report -> STORE_OK, _UNCHANGED (no time for it), _NOT_FOUND, _FORBIDDEN */
  STORE_LIVE_CALLS,      /* of user_id, or all: calls */
  STORE_HISTORY,         /* user_id, filter: calls, total */
  STORE_STATS,           /* user_id, stats: filled; contacts */
  STORE_CONTACTS,        /* user_id, search: users */
  STORE_PEERS,           /* user_id, peer_id: users with whom it shares a call, of ids after peer_id; more */
  STORE_ALIVE,           /* now_ms: the server was up at that time */
  STORE_PING,            /* can it be written to? */
  STORE_LIST_CALLS,      /* for the command line: calls of user_id, or all, by filter, the newest first */
  STORE_LIST_USERS,      /* likewise: users, those who were seen last first */
  STORE_OUTBOX_DUE,      /* url, now_ms, filter.limit: outbox, what may be sent now; due_ms, when more may, 0: never */
  STORE_OUTBOX_REMOVE,   /* seq, url, call_id: was delivered */
  STORE_OUTBOX_POSTPONE, /* seq, due_ms: was refused */
  STORE_OUTBOX_EXPIRE,   /* due_ms: outbox, some from before that, which are removed */
  STORE_OP_COUNT
} StoreOp;

/* What an event's row in the outbox says, as the delivery gets it. */
typedef struct
{
  gint64 seq;
  char *id, *url, *call_id, *type, *body;
  guint attempts;
} OutboxRow;

void outbox_row_free (OutboxRow *row); /* NULL is fine: a row that was taken out of its array */

/* Which changes leave a row in the outbox for whom, and who is told, on the loop, that there are new ones. */
typedef struct
{
  const char *const *urls;   /* NULL-terminated, or NULL; they outlive the store */
  const char *const *events; /* likewise; NULL: all */
  void (*grown) (gpointer data);
  gpointer data;
} StoreOutbox;

typedef enum
{
  STORE_OK,
  STORE_UNCHANGED,   /* the event means nothing in the call's state */
  STORE_CROSSED,     /* start: became the accept of the other's call */
  STORE_NOT_FOUND,   /* call */
  STORE_FORBIDDEN,   /* the user is not (the right) participant */
  STORE_NO_USER,     /* start: target */
  STORE_CALLER_BUSY, /* start: call is the one it is in */
  STORE_TARGET_BUSY, /* start: call is the record of the attempt */
  STORE_FAILED       /* the database; written to the log */
} StoreResult;

typedef enum
{
  STORE_VERB_EVENT, /* the event itself: timers */
  STORE_VERB_ACCEPT,
  STORE_VERB_REJECT,
  STORE_VERB_END
} StoreVerb;

typedef struct
{
  char *type, *search; /* NULL: any */
  int state;           /* a CallState, or -1 */
  int outgoing;        /* 1, 0, or -1 for both */
  gint64 from_ms, to_ms;
  guint page, limit; /* page from 1 */
} StoreFilter;

typedef struct StoreJob StoreJob;
struct StoreJob
{
  StoreOp op;
  void (*done) (StoreJob *job); /* on the loop; it is freed after that. NULL: nobody waits */
  gpointer data;                /* done()'s */

  char *user_id, *peer_id, *call_id, *call_type, *search;
  UserRecord user;
  StoreVerb verb;
  CallEvent event;
  gboolean online; /* the one called has a socket */
  gint64 now_ms;
  StoreFilter filter;
  int rating;
  QualityReport *report;
  Stats *stats;
  char *url; /* of the outbox */
  gint64 seq, due_ms;

  StoreResult result;
  CallRecord *call; /* after the change */
  CallTransition transition;
  GPtrArray *calls;    /* (element-type CallRecord) */
  GPtrArray *contacts; /* (element-type StatsContact) the stats' own */
  GPtrArray *users;    /* (element-type UserRecord) */
  GPtrArray *outbox;   /* (element-type OutboxRow) */
  gboolean more;       /* users: there may be some behind these. outbox: it held too many */
  gint64 total;
};

/* @path: a file, or ":memory:". Opens, migrates, and starts the thread. */
Store *store_new (uv_loop_t *loop, const char *path, GError **error);
/* Ends the thread when it has done all that waits, and hands that back. What is pushed after it is not done. */
void store_drain (Store *store);
void store_free (Store *store); /* after a drain; the handle closes on the loop */

typedef struct
{
  Histogram batch_jobs, commit_seconds;
  guint64 failures; /* batches of which nothing was kept */
  guint waiting;    /* jobs */
} StoreStats;
void store_get_stats (Store *store, StoreStats *stats);

StoreJob *store_job_new (StoreOp op, const char *user_id, void (*done) (StoreJob *job), gpointer data);
void store_job_free (StoreJob *job);
void store_set_outbox (Store *store, const StoreOutbox *outbox); /* before the first push */
void store_push (Store *store, StoreJob *job);                   /* takes it */
gint64 store_alive_ms (Store *store); /* when the last server on this database was last up; 0: never */

G_END_DECLS
