/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/gst.h>

#include "control.h"
#include "worker-claims.h"
#include "worker.h"

G_BEGIN_DECLS

/* Shared by worker.c (its life), worker-listen.c (users), worker-calls.c (what rings, and who takes it),
 * worker-jobs.c (bots) and worker-metrics.c. */

typedef enum
{
  LISTENER_TRYING,
  LISTENER_READY,
  LISTENER_LOST,   /* the element tries again by itself */
  LISTENER_REFUSED /* the token is not taken */
} ListenerState;

typedef struct
{
  Worker *worker;
  char *user;       /* NULL: its token says who, once it is taken */
  char *token_file; /* NULL: GST_CALL_TOKEN */
  char *server;
  char *tried; /* a digest of the token that it was started with */
  GstElement *pipeline;
  GstElement *signaling; /* the pipeline's */
  guint bus_watch, retry;
  guint attempt;
  ListenerState state;
  char *problem;
} Listener;

typedef struct
{
  Worker *worker;
  char *call_id, *peer, *call_type, *user;
  gint64 since; /* monotonic, us */
  guint jitter; /* ms */
  guint timer;
  gboolean counted; /* as one that had to wait for room */
} Ring;

typedef enum
{
  DRAIN_NONE,
  DRAIN_WAIT,
  DRAIN_INTERRUPT,
  DRAIN_TERMINATE,
  DRAIN_KILL
} Drain;

struct Worker
{
  const WorkerOptions *options;
  Rules *rules;
  char *name;
  char *program;
  char *token; /* of the environment, where it is not any more; NULL */
  GMainLoop *loop;
  int status;
  GPtrArray *listeners;  /* (element-type Listener) */
  GHashTable *rings;     /* call id -> Ring */
  GQueue jobs;           /* (element-type Job), oldest first, those that are over, too */
  GHashTable *by_id;     /* id -> Job */
  GHashTable *claims_of; /* Job -> Claim */
  guint next_job;
  Claims *claims; /* NULL: no state folder */
  guint takeover; /* timer */
  Control *control;
  Drain drain;
  guint drain_timer, tick;
  /* counts, by recipe (char * -> guint64 *) or "state recipe" */
  GHashTable *starts, *restarts, *ends;
  guint64 takeovers, full, rejected;
  double cpu_over; /* seconds, of jobs that are forgotten */
};

/* worker-listen.c */
gboolean worker_start_listeners (Worker *worker, GError **error);
void worker_reload_listeners (Worker *worker);
void worker_stop_listeners (Worker *worker);
Listener *worker_find_listener (Worker *worker, const char *user); /* NULL: the first one */
char *listener_dup_token (const Listener *listener, GError **error);
void listener_reject (Listener *listener, const char *call_id, const char *reason);

/* worker-calls.c */
void worker_call_incoming (Worker *worker, Listener *listener, const GstStructure *call);
void worker_call_gone (Worker *worker, const char *call_id);
void worker_look_for_orphans (Worker *worker);
void ring_free (gpointer ring);

/* worker-jobs.c */
gboolean worker_has_room (Worker *worker, const Rule *rule);
guint worker_count_live (Worker *worker, const char *rule); /* NULL: all */
/* Takes @order and @claim. */
Job *worker_add_job (Worker *worker, JobOrder *order, Claim *claim, guint attempt, gboolean taken_over);
void worker_signal_all (Worker *worker, int number);
void worker_tick_jobs (Worker *worker);
void worker_free_jobs (Worker *worker);

/* worker.c */
void worker_job_over (Worker *worker); /* one less to wait for */
void worker_drain (Worker *worker, int status);
void worker_count (GHashTable *counts, const char *key);

G_END_DECLS
