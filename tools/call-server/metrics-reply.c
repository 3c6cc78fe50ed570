/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* GET /metrics. Without `metrics-token-file` it answers this machine only: an address on the loopback, and no sign of a
 * proxy that would make others look like it. */

#include "tools/call-server/metrics-private.h"

#include "tools/call-server/live.h"

#include <libwebsockets.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PREFIX "gstcall_"

static void
write_build (GString *out)
{
  g_autofree char *websockets =
      g_strdup_printf ("%d.%d.%d", LWS_LIBRARY_VERSION_MAJOR, LWS_LIBRARY_VERSION_MINOR, LWS_LIBRARY_VERSION_PATCH);
  g_autofree char *labels = metrics_labels ("version", VERSION, "libwebsockets", (const char *) websockets, "libuv",
      uv_version_string (), "sqlite", sqlite3_libversion (), NULL);

  metrics_head (out, PREFIX "build_info", METRICS_GAUGE, "Versions of the server and its libraries; always 1.");
  metrics_sample (out, PREFIX "build_info", labels, 1);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count > 0 ? count - 1 : 0; /* but the one that looks */
}

/* Threads, bytes of address space and resident pages: of /proc/self/stat, behind the name in brackets. */
static gboolean
read_stat (guint64 *threads, guint64 *virtual_bytes, guint64 *resident_bytes)
{
  g_autofree char *text = NULL;
  const char *rest;
  guint64 resident = 0;

  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL)
    return FALSE;
  if (sscanf (rest,
          ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %" G_GUINT64_FORMAT
          " %*d %*u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          threads, virtual_bytes, &resident)
      != 3)
    return FALSE;
  *resident_bytes = resident * (guint64) sysconf (_SC_PAGESIZE);
  return TRUE;
}

static double
seconds_of (struct timeval time)
{
  return (double) time.tv_sec + (double) time.tv_usec / 1e6;
}

static void
write_process (GString *out, const Metrics *metrics)
{
  struct rusage usage = {0};
  struct rlimit limit = {0};
  guint64 threads, virtual_bytes, resident_bytes;

  getrusage (RUSAGE_SELF, &usage);
  getrlimit (RLIMIT_NOFILE, &limit);
  metrics_single (out, "process_cpu_seconds_total", METRICS_COUNTER, "CPU time used.",
      seconds_of (usage.ru_utime) + seconds_of (usage.ru_stime));
  metrics_single (out, "process_start_time_seconds", METRICS_GAUGE, "When the server started.", metrics->started);
  metrics_single (out, "process_open_fds", METRICS_GAUGE, "Open file descriptors.", count_descriptors ());
  metrics_single (
      out, "process_max_fds", METRICS_GAUGE, "File descriptors there may be (RLIMIT_NOFILE).", (double) limit.rlim_cur);
  if (!read_stat (&threads, &virtual_bytes, &resident_bytes))
    return;
  metrics_single (out, "process_threads", METRICS_GAUGE, "Threads.", (double) threads);
  metrics_single (out, "process_virtual_memory_bytes", METRICS_GAUGE, "Address space.", (double) virtual_bytes);
  metrics_single (out, "process_resident_memory_bytes", METRICS_GAUGE, "Resident memory.", (double) resident_bytes);
}

static void
write_transport (GString *out, Server *server)
{
  TransportStats stats;

  transport_get_stats (server->transport, &stats);
  metrics_single (out, PREFIX "connections", METRICS_GAUGE, "TCP connections.", stats.connections_open);
  metrics_single (
      out, PREFIX "connections_total", METRICS_COUNTER, "TCP connections accepted.", (double) stats.http_connections);
  metrics_single (out, PREFIX "refused_total", METRICS_COUNTER,
      "Connections, requests and sockets refused by the transport.", (double) stats.refused);
  metrics_head (out, PREFIX "sessions", METRICS_GAUGE, "Engine.IO sessions, by what carries them now.");
  metrics_sample (out, PREFIX "sessions", "transport=\"polling\"", stats.sessions_polling);
  metrics_sample (out, PREFIX "sessions", "transport=\"websocket\"", stats.sessions_websocket);
  metrics_single (out, PREFIX "sockets", METRICS_GAUGE, "Socket.IO sockets of users.", (double) stats.sockets_open);
  metrics_single (out, PREFIX "sockets_total", METRICS_COUNTER, "Socket.IO sockets accepted.", (double) stats.sockets);
  metrics_single (
      out, PREFIX "received_bytes_total", METRICS_COUNTER, "Bytes of bodies and messages.", (double) stats.bytes_in);
  metrics_single (
      out, PREFIX "sent_bytes_total", METRICS_COUNTER, "Bytes of bodies and messages.", (double) stats.bytes_out);
}

static void
write_calls (GString *out, Server *server)
{
  const Metrics *metrics = server->metrics;
  guint calling = 0, active = 0;
  GHashTableIter iter;
  gpointer call;

  g_hash_table_iter_init (&iter, server->live);
  while (g_hash_table_iter_next (&iter, NULL, &call))
    *(((LiveCall *) call)->record->state == CALL_STATE_ACTIVE ? &active : &calling) += 1;
  metrics_head (out, PREFIX "calls", METRICS_GAUGE, "Calls that live.");
  metrics_sample (out, PREFIX "calls", "status=\"calling\"", calling);
  metrics_sample (out, PREFIX "calls", "status=\"active\"", active);
  metrics_single (
      out, PREFIX "calls_started_total", METRICS_COUNTER, "Calls that began to ring.", (double) metrics->calls_started);
  metrics_counter_set (
      out, PREFIX "calls_ended_total", "Calls that are over, by their status and end reason.", metrics->calls_ended);
  metrics_head (out, PREFIX "call_ring_seconds", METRICS_HISTOGRAM, "Start to accept.");
  metrics_histogram (out, PREFIX "call_ring_seconds", NULL, &metrics->ring);
  metrics_head (out, PREFIX "call_duration_seconds", METRICS_HISTOGRAM, "Accept to end.");
  metrics_histogram (out, PREFIX "call_duration_seconds", NULL, &metrics->call);
}

static void
write_requests (GString *out, const Metrics *metrics)
{
  g_autoptr (GList) routes = g_list_sort (g_hash_table_get_keys (metrics->durations), (GCompareFunc) strcmp);

  metrics_counter_set (
      out, PREFIX "http_requests_total", "Requests answered, by route and class of status.", metrics->requests);
  metrics_head (out, PREFIX "http_request_duration_seconds", METRICS_HISTOGRAM,
      "Head of the request to its answer. A poll of Engine.IO (/socket.io/) waits until there is something to say.");
  for (GList *at = routes; at != NULL; at = at->next) {
    g_autofree char *labels = metrics_labels ("route", (const char *) at->data, NULL);

    metrics_histogram (
        out, PREFIX "http_request_duration_seconds", labels, g_hash_table_lookup (metrics->durations, at->data));
  }
  metrics_counter_set (out, PREFIX "events_received_total", "Socket.IO events of clients.", metrics->received);
  metrics_counter_set (out, PREFIX "events_sent_total", "Socket.IO events to clients, once a socket.", metrics->sent);
  metrics_counter_set (out, PREFIX "rate_limited_total", "What was over a rate limit.", metrics->limited);
  metrics_counter_set (out, PREFIX "auth_failures_total", "Tokens that were refused.", metrics->bad_tokens);
}

static void
write_store (GString *out, Server *server)
{
  StoreStats stats;

  store_get_stats (server->store, &stats);
  metrics_single (out, PREFIX "store_queue_length", METRICS_GAUGE, "Jobs that wait for the database.", stats.waiting);
  metrics_single (out, PREFIX "store_failures_total", METRICS_COUNTER, "Batches that could not be written.",
      (double) stats.failures);
  metrics_head (out, PREFIX "store_batch_jobs", METRICS_HISTOGRAM, "Jobs done in one transaction.");
  metrics_histogram (out, PREFIX "store_batch_jobs", NULL, &stats.batch_jobs);
  metrics_head (out, PREFIX "store_commit_seconds", METRICS_HISTOGRAM, "Time of one transaction, its commit included.");
  metrics_histogram (out, PREFIX "store_commit_seconds", NULL, &stats.commit_seconds);
}

static void
write_webhooks (GString *out, const Server *server)
{
  WebhookCounters counters = {0};

  if (server->webhooks != NULL)
    webhooks_get_counters (server->webhooks, &counters);
  metrics_head (out, PREFIX "webhook_attempts_total", METRICS_COUNTER, "Attempts to post an event, by their result.");
  metrics_sample (out, PREFIX "webhook_attempts_total", "result=\"taken\"", (double) counters.delivered);
  metrics_sample (out, PREFIX "webhook_attempts_total", "result=\"failed\"", (double) counters.failed);
  metrics_single (out, PREFIX "webhook_dropped_total", METRICS_COUNTER,
      "Events given up, since they were older than webhook-max-age.", (double) counters.dropped);
  metrics_single (out, PREFIX "webhook_sending", METRICS_GAUGE, "Attempts under way.", counters.sending);
}

static gboolean
same_bytes (const char *a, gsize a_length, const char *b, gsize b_length)
{
  guint8 difference = a_length != b_length;

  for (gsize i = 0; i < MIN (a_length, b_length); i++)
    difference |= (guint8) (a[i] ^ b[i]);
  return difference == 0;
}

static gboolean
shows_token (GBytes *token, TransportRequest *request)
{
  const char *value = transport_request_header (request, "authorization");
  gsize length;
  const char *wanted = g_bytes_get_data (token, &length);

  return value != NULL && g_ascii_strncasecmp (value, "Bearer ", 7) == 0
         && same_bytes (value + 7, strlen (value + 7), wanted, length);
}

static gboolean
is_local (TransportRequest *request)
{
  const char *address = transport_request_address (request);

  return !transport_request_is_forwarded (request)
         && (g_str_has_prefix (address, "127.") || g_str_equal (address, "::1"));
}

/* The status that refuses it, or 0. */
static guint
refusal (GBytes *token, TransportRequest *request)
{
  if (token != NULL)
    return shows_token (token, request) ? 0 : 401;
  return is_local (request) ? 0 : 403;
}

void
metrics_reply (Server *server, TransportRequest *request)
{
  static const char *const HEADERS[] = {"cache-control", "no-store", NULL};
  static const char *const ASK[] = {"cache-control", "no-store", "www-authenticate", "Bearer", NULL};
  g_autoptr (GString) out = g_string_sized_new (16384);
  guint status = refusal (server->options->metrics_token, request);

  if (status != 0) {
    const char *body = status == 401 ? "{\"success\":false,\"message\":\"Unauthorized\",\"code\":\"token-invalid\"}"
                                     : "{\"success\":false,\"message\":\"Ask from the same machine, or set "
                                       "metrics-token-file\",\"code\":\"forbidden\"}";
    transport_request_reply (
        request, status, "application/json; charset=utf-8", body, -1, status == 401 ? ASK : HEADERS);
    return;
  }
  write_build (out);
  write_process (out, server->metrics);
  write_transport (out, server);
  write_requests (out, server->metrics);
  write_calls (out, server);
  write_store (out, server);
  write_webhooks (out, server);
  transport_request_reply (
      request, 200, "text/plain; version=0.0.4; charset=utf-8", out->str, (gssize) out->len, HEADERS);
}
