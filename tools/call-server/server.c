/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The order of things: the store opens; calls that lived are taken up again; then we listen and say so. A signal
 * (process.c) stops the transport, which lets answers drain; then the store writes what waits; then the loop runs
 * empty. */

#include "tools/call-server/server.h"

#include "tools/call-server/admission.h"
#include "tools/call-server/devices.h"
#include "tools/call-server/events.h"
#include "tools/call-server/metrics.h"
#include "tools/call-server/process.h"
#include "tools/call-server/routes.h"
#include "tools/call-server/systemd.h"
#include "tools/call-server/token-cache.h"
#include "tools/call-server/token-expiry.h"
#include "tools/call-server/token-rules.h"

#include <stdio.h>

#define ALIVE_MS 5000
#define TOKENS_REMEMBERED 1024
#define DEV_TTL (7 * 86400)

typedef struct
{
  Server server;
  int code;
} Run;

static const char *const dev_users[][2] = {{"alice", "Alice"}, {"bob", "Bob"}, {"carol", "Carol"}};

/* ---- transport ---- */

static void
on_request (TransportRequest *request, gpointer data)
{
  routes_request (data, request);
}

static void
on_connect (TransportSocket *socket, const char *auth_json, const char *query_token, gpointer data)
{
  events_connect (data, socket, auth_json, query_token);
}

static void
on_event (
    TransportSocket *socket, const char *name, const char *args_json, GPtrArray *attachments, gint64 id, gpointer data)
{
  events_event (data, socket, name, args_json, id);
}

static void
on_disconnect (TransportSocket *socket, const char *reason, gpointer data)
{
  events_disconnect (data, socket, reason);
}

static gboolean
on_admit (TransportRequest *request, gpointer data)
{
  return admission_request (data, request);
}

static void
on_answered (TransportRequest *request, guint status, gpointer data)
{
  metrics_count_request (((Server *) data)->metrics, request, status);
}

static void
on_emitted (const char *name, gpointer data)
{
  metrics_count_event_sent (((Server *) data)->metrics, name);
}

static void
configure_limits (TransportConfig *config, const Options *options)
{
  config->ping_interval_ms = (guint) (options->ping_interval * 1000);
  config->ping_timeout_ms = (guint) (options->ping_timeout * 1000);
  config->connect_timeout_ms = (guint) (options->connect_timeout * 1000);
  config->header_timeout_s = (guint) options->header_timeout;
  config->idle_timeout_s = (guint) options->idle_timeout;
  config->max_events_per_second = (guint) options->event_limit;
  config->max_connections = (guint) options->connection_limit;
  config->max_sockets_per_address = (guint) options->address_socket_limit;
  config->max_body = (guint) options->body_limit;
  config->max_payload = (guint) options->message_limit;
  config->max_queue = (guint) options->queue_limit;
}

static Admission *
make_admission (const Options *options)
{
  const guint per_minute[ADMIT_CLASSES] = {
      [ADMIT_USER] = (guint) options->user_rate,
      [ADMIT_START] = (guint) options->start_rate,
      [ADMIT_SIGNAL] = (guint) options->signal_rate,
      [ADMIT_CONNECT] = (guint) options->connect_rate,
      [ADMIT_ADDRESS] = (guint) options->address_rate,
      [ADMIT_LOGIN] = (guint) options->login_rate,
  };

  return admission_new (per_minute);
}

static gboolean
listen_now (Server *server, GError **error)
{
  static const TransportHandler handler = {
      on_request, on_connect, on_event, on_disconnect, on_admit, on_answered, on_emitted};
  static const char *const namespaces[] = {"/", NULL};
  TransportConfig config;
  g_auto (GStrv) listen = systemd_expand_listen ((const char *const *) server->options->listen, error);
  if (listen == NULL)
    return FALSE;
  transport_config_init (&config);
  config.listen = (const char *const *) listen;
  config.tls_certificate = server->options->tls_certificate;
  config.tls_key = server->options->tls_key;
  config.trusted_proxies = (const char *const *) server->options->trusted_proxies;
  config.namespaces = namespaces;
  config.origins = (const char *const *) server->options->origins;
  configure_limits (&config, server->options);
  server->transport = transport_new (&server->loop, &config, &handler, server, error);
  return server->transport != NULL;
}

/* ---- stopping ---- */

static void
close_store (Server *server)
{
  timer_stop (&server->alive_timer);
  store_push (server->store, store_job_new (STORE_ALIVE, NULL, NULL, NULL));
  if (server->webhooks != NULL)
    webhooks_stop (server->webhooks);
  store_drain (server->store);
  g_clear_pointer (&server->webhooks, webhooks_free);
  g_hash_table_remove_all (server->live);
  g_clear_pointer (&server->token_expiry, token_expiry_free);
  g_clear_pointer (&server->store, store_free);
  process_close (server);
}

static void
on_stopped (gpointer data)
{
  Server *server = data;
  close_store (server); /* its last answers still go to requests of the transport */
  g_clear_pointer (&server->transport, transport_free);
}

void
server_stop (Server *server)
{
  if (server->stopping)
    return;
  server->stopping = TRUE;
  if (server->transport != NULL)
    transport_stop (server->transport, (guint) (server->options->drain_timeout * 1000), on_stopped, server);
  else
    close_store (server);
}

/* ---- starting ---- */

static void
print_dev_tokens (Server *server)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  for (guint i = 0; i < G_N_ELEMENTS (dev_users); i++) {
    const char *id = dev_users[i][0], *name = dev_users[i][1];
    g_autofree char *variable = g_ascii_strup (id, -1);
    g_autofree char *token = token_new (server->token_rules, id, name, now, DEV_TTL, NULL);
    g_autoptr (GError) error = NULL;
    users_from_token (server, token, &error);
    printf ("%s=%s\n", variable, token);
  }
}

static void
say_listening (Server *server)
{
  const char *url;
  for (guint i = 0; (url = transport_get_url (server->transport, i)) != NULL; i++)
    printf ("gst-call-server listening on %s\n", url);
  if (server->options->dev)
    print_dev_tokens (server);
  fflush (stdout);
  process_ready (server);
}

static void
on_alive (gpointer data)
{
  Server *server = data;
  timer_stop (&server->alive_timer);
  if (g_hash_table_size (server->live) > 0)
    store_push (server->store, store_job_new (STORE_ALIVE, NULL, NULL, NULL));
  server->alive_timer = timer_start (&server->loop, ALIVE_MS, on_alive, server);
}

/* Nobody has a socket yet: whoever was in an active call has the grace time to come back. Of a ring time that passed
 * while we were down it cannot be said that the receiver was away: nobody was there to be reached. */
static void
take_up (Server *server, CallRecord *record)
{
  LiveCall *call = live_add (server, record);
  gint64 lost_ms = MAX (store_alive_ms (server->store), record->accept_ms);
  record->receiver_seen |= live_ring_is_over (call);
  if (record->state != CALL_STATE_ACTIVE)
    return;
  live_start_grace (&call->seats[SEAT_CALLER], lost_ms);
  live_start_grace (&call->seats[SEAT_RECEIVER], lost_ms);
}

static void
on_loaded (StoreJob *job)
{
  Run *run = job->data;
  Server *server = &run->server;
  g_autoptr (GError) error = NULL;
  if (server->stopping)
    return;
  if (job->result != STORE_OK)
    g_set_error (&error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot be read", server->options->database);
  if (error != NULL || !listen_now (server, &error)) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    run->code = 1;
    server_stop (server);
    return;
  }
  while (job->calls->len > 0)
    take_up (server, g_ptr_array_steal_index (job->calls, 0));
  on_alive (server);
  say_listening (server);
}

static void
server_clear (Server *server)
{
  g_hash_table_unref (server->live);
  g_hash_table_unref (server->users);
  g_ptr_array_unref (server->watchers);
  token_cache_free (server->token_cache);
  admission_free (server->admission);
  metrics_free (server->metrics);
  token_rules_free (server->token_rules);
  uv_loop_close (&server->loop);
}

/* A mistake here is found before the database is touched: an operator may go back to the version before. */
static gboolean
check_certificate (const Options *options, GError **error)
{
  return options->tls_certificate == NULL || transport_check_tls (options->tls_certificate, options->tls_key, error);
}

int
server_run (const Options *options)
{
  Run run = {.server.options = options};
  Server *server = &run.server;
  g_autoptr (GError) error = NULL;
  server->token_rules = token_rules_from_options (options, &error);
  if (server->token_rules == NULL) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    return 1;
  }
  if (!check_certificate (options, &error)) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    token_rules_free (server->token_rules);
    return 1;
  }
  process_raise_limits ();
  server->token_cache = token_cache_new (TOKENS_REMEMBERED);
  uv_loop_init (&server->loop);
  server->watchers = g_ptr_array_new ();
  server->admission = make_admission (options);
  server->metrics = metrics_new ();
  server->users = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) user_free);
  server->live = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) live_call_free);
  server->store = store_new (&server->loop, options->database, &error);
  if (server->store == NULL) {
    fprintf (stderr, "gst-call-server: %s\n", error->message);
    server_clear (server);
    return 1;
  }
  server->token_expiry = token_expiry_new (&server->loop);
  process_watch (server);
  server->webhooks = webhooks_new (&server->loop, server->store, options);
  store_push (server->store, store_job_new (STORE_LIVE_CALLS, NULL, on_loaded, &run));
  uv_run (&server->loop, UV_RUN_DEFAULT);
  server_clear (server);
  return run.code;
}
