/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The worker's life:
 *
 *   SIGHUP              the rules are read again; bad ones change nothing
 *   SIGTERM, SIGINT     WAIT: nothing new; what runs may end within drain-time
 *     again, or time      INTERRUPT: SIGINT to each bot, which finishes its files
 *     again, or 15 s      TERMINATE: SIGTERM, which lets it give up
 *     again, or 5 s       KILL
 *   no bot left         exit */

#include "worker-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "rules-check.h"
#include "runner.h"

#define TICK_MS 1000
#define INTERRUPT_S 15
#define TERMINATE_S 5

/* ---- the supervisor (decision 12) ---- */

static void
notify (const char *text)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL || (path[0] != '/' && path[0] != '@'))
    return;
  address = g_unix_socket_address_new_with_type (path[0] == '@' ? path + 1 : path, -1,
      path[0] == '@' ? G_UNIX_SOCKET_ADDRESS_ABSTRACT : G_UNIX_SOCKET_ADDRESS_PATH);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (socket == NULL || g_socket_send_to (socket, address, text, strlen (text), NULL, &error) < 0)
    g_warning ("cannot tell systemd: %s", error->message);
}

static gboolean
on_tick (gpointer user_data)
{
  Worker *worker = user_data;
  g_autofree char *problem = worker_why_not_ready (worker);
  g_autofree char *status = g_strdup_printf (
      "WATCHDOG=1\nSTATUS=%u jobs, %s", worker_count_live (worker, NULL), problem != NULL ? problem : "listening");

  worker_tick_jobs (worker);
  worker_look_for_orphans (worker);
  notify (status);
  return G_SOURCE_CONTINUE;
}

char *
worker_why_not_ready (Worker *worker)
{
  guint ready = 0;

  if (worker->drain != DRAIN_NONE)
    return g_strdup ("draining");
  for (guint i = 0; i < worker->listeners->len; i++)
    ready += ((Listener *) g_ptr_array_index (worker->listeners, i))->state == LISTENER_READY;
  if (ready > 0)
    return NULL;
  for (guint i = 0; i < worker->listeners->len; i++) {
    const Listener *listener = g_ptr_array_index (worker->listeners, i);
    if (listener->problem != NULL)
      return g_strdup (listener->problem);
  }
  return g_strdup ("no user is signed in yet");
}

/* ---- the end ---- */

static void
quit_if_done (Worker *worker)
{
  if (worker->drain != DRAIN_NONE && worker_count_live (worker, NULL) == 0)
    g_main_loop_quit (worker->loop);
}

void
worker_job_over (Worker *worker)
{
  quit_if_done (worker);
}

static gboolean
on_drain_time (gpointer user_data)
{
  Worker *worker = user_data;
  static const struct
  {
    int signal_number;
    guint seconds; /* until the next step */
  } steps[] = {
      [DRAIN_INTERRUPT] = {SIGINT, INTERRUPT_S},
      [DRAIN_TERMINATE] = {SIGTERM, TERMINATE_S},
      [DRAIN_KILL] = {SIGKILL, TERMINATE_S},
  };

  worker->drain = MIN (worker->drain + 1, DRAIN_KILL);
  worker->drain_timer = g_timeout_add_seconds (steps[worker->drain].seconds, on_drain_time, worker);
  worker_signal_all (worker, steps[worker->drain].signal_number);
  return G_SOURCE_REMOVE;
}

void
worker_drain (Worker *worker, int status)
{
  g_autofree char *text = g_strdup_printf ("STOPPING=1\nSTATUS=draining, %u jobs", worker_count_live (worker, NULL));

  if (worker->drain != DRAIN_NONE)
    return;
  worker->drain = DRAIN_WAIT;
  worker->status = status;
  g_message ("draining: %u jobs, %" G_GUINT64_FORMAT " s", worker_count_live (worker, NULL), worker->rules->drain_time);
  notify (text);
  g_hash_table_remove_all (worker->rings);
  g_clear_handle_id (&worker->takeover, g_source_remove);
  worker_stop_listeners (worker);
  worker->drain_timer = g_timeout_add_seconds ((guint) worker->rules->drain_time, on_drain_time, worker);
  quit_if_done (worker);
}

static gboolean
on_terminate (gpointer user_data)
{
  Worker *worker = user_data;

  if (worker->drain == DRAIN_NONE) {
    worker_drain (worker, RUNNER_OK);
    return G_SOURCE_CONTINUE;
  }
  g_clear_handle_id (&worker->drain_timer, g_source_remove);
  on_drain_time (worker);
  return G_SOURCE_CONTINUE;
}

/* ---- the rules, again ---- */

/* A limit that holds nothing is said. */
static void
check_limits (const Rules *rules)
{
  gboolean cpu = rules->limits.cpu > 0;

  for (guint i = 0; i < rules->rules->len; i++)
    cpu |= ((Rule *) g_ptr_array_index (rules->rules, i))->limits.cpu > 0;
  if (cpu && !job_limits_have_cgroup ())
    g_warning (
        "%s: cpu is a limit of cgroups, and there is none to divide: it is not kept (see --cgroup)", rules->file);
}

static gboolean
on_hang_up (gpointer user_data)
{
  Worker *worker = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *reloading =
      g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());
  int status;
  Rules *rules;

  if (worker->drain != DRAIN_NONE)
    return G_SOURCE_CONTINUE;
  notify (reloading);
  rules = rules_load (worker->options->rules, &status, &error);
  if (rules != NULL) {
    rules_free (worker->rules);
    worker->rules = rules;
    worker_reload_listeners (worker);
    check_limits (rules);
    g_message ("%s: %u rules read again", rules->file, rules->rules->len);
  } else
    g_warning ("the rules in use stay: %s", error->message);
  notify ("READY=1");
  return G_SOURCE_CONTINUE;
}

/* ---- counts ---- */

void
worker_count (GHashTable *counts, const char *key)
{
  guint64 *count = g_hash_table_lookup (counts, key);

  if (count == NULL) {
    count = g_new0 (guint64, 1);
    g_hash_table_insert (counts, g_strdup (key), count);
  }
  ++*count;
}

/* ---- the whole ---- */

static GHashTable *
new_counts (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean
open_claims (Worker *worker, GError **error)
{
  if (worker->options->state_dir != NULL)
    worker->claims = claims_open (worker->options->state_dir, worker->name, error);
  return worker->options->state_dir == NULL || worker->claims != NULL;
}

static void
use_cgroup (Worker *worker)
{
  const char *folder = worker->options->cgroup;
  gboolean automatic = g_str_equal (folder, "auto");
  g_autoptr (GError) error = NULL;

  if (g_str_equal (folder, "none") || job_limits_use_cgroup (automatic ? NULL : folder, &error))
    return;
  if (automatic)
    g_info ("no cgroup of our own, limits are rlimits: %s", error->message);
  else
    g_warning ("limits are rlimits: %s", error->message);
}

static char *
make_name (const WorkerOptions *options)
{
  return options->name != NULL ? g_strdup (options->name)
                               : g_strdup_printf ("%s-%d", g_get_host_name (), (int) getpid ());
}

static Worker *
worker_new (const WorkerOptions *options, Rules *rules)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->options = options;
  worker->rules = rules;
  worker->name = make_name (options);
  worker->program = g_file_read_link ("/proc/self/exe", NULL);
  worker->token = g_strdup (g_getenv ("GST_CALL_TOKEN"));
  g_unsetenv ("GST_CALL_TOKEN"); /* which is one user's, and would come before the others' files */
  worker->loop = g_main_loop_new (NULL, FALSE);
  worker->rings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, ring_free);
  worker->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  worker->claims_of = g_hash_table_new (NULL, NULL);
  worker->starts = new_counts ();
  worker->restarts = new_counts ();
  worker->ends = new_counts ();
  return worker;
}

static void
worker_free (Worker *worker)
{
  g_clear_handle_id (&worker->takeover, g_source_remove);
  g_clear_handle_id (&worker->drain_timer, g_source_remove);
  g_clear_handle_id (&worker->tick, g_source_remove);
  g_clear_pointer (&worker->control, control_free);
  worker_free_jobs (worker);
  g_hash_table_unref (worker->rings);
  g_clear_pointer (&worker->listeners, g_ptr_array_unref);
  claims_close (worker->claims);
  g_hash_table_unref (worker->by_id);
  g_hash_table_unref (worker->claims_of);
  g_hash_table_unref (worker->starts);
  g_hash_table_unref (worker->restarts);
  g_hash_table_unref (worker->ends);
  g_main_loop_unref (worker->loop);
  rules_free (worker->rules);
  g_free (worker->program);
  g_free (worker->token);
  g_free (worker->name);
  g_free (worker);
}

/* FALSE after saying why, with worker->status. */
static gboolean
start (Worker *worker)
{
  g_autoptr (GError) error = NULL;

  worker->status = RUNNER_FAILED;
  if (!open_claims (worker, &error)) {
    g_printerr ("gst-call-pipeline: %s\n", error->message);
    return FALSE;
  }
  if (!g_str_equal (worker->options->listen, "none")) {
    worker->control = control_new (worker, worker->options, &error);
    if (worker->control == NULL) {
      g_printerr ("gst-call-pipeline: %s\n", error->message);
      return FALSE;
    }
  }
  use_cgroup (worker);
  check_limits (worker->rules);
  if (!worker_start_listeners (worker, &error)) {
    g_printerr ("gst-call-pipeline: %s\n", error->message);
    worker->status = RUNNER_MISSING;
    return FALSE;
  }
  return TRUE;
}

int
worker_run (const WorkerOptions *options, Rules *rules)
{
  Worker *worker = worker_new (options, rules);
  guint sources[3];
  int status;

  if (start (worker)) {
    worker->status = RUNNER_OK;
    sources[0] = g_unix_signal_add (SIGTERM, on_terminate, worker);
    sources[1] = g_unix_signal_add (SIGINT, on_terminate, worker);
    sources[2] = g_unix_signal_add (SIGHUP, on_hang_up, worker);
    worker->tick = g_timeout_add (TICK_MS, on_tick, worker);
    notify ("READY=1");
    g_main_loop_run (worker->loop);
    for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
      g_source_remove (sources[i]);
  }
  status = worker->status;
  worker_free (worker);
  return status;
}
