/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Load on a call server, and what it cost: one line of JSON.
 *
 *   callload calls   --server ADDRESS:PORT --pid N --secret-file FILE [--pairs N] [--seconds S] [--rest] [--rate N]
 *   callload signals ...the same: calls that are active, and candidates that go to and fro in them
 *   callload idle    ... --sockets N: connects them, says {"open":N}, and holds them until its stdin ends
 *
 * One call, by events or with --rest by requests. Each pair makes the next one when it has heard all of the last, or,
 * with --rate, when it is the time for it: one that the server is late for counts from the time it should have begun.
 *
 *   caller                   server                   callee
 *     | start ----------------> |                        |
 *     | <------------- answer 1 | incoming-call 2 -----> |    latency: from start to here
 *     |                         | <-------------- accept |
 *     | <------ call-accepted 3 | answer 4 ------------> |
 *     | end ------------------> |                        |
 *     | <------------- answer 5 | call-ended 6 --------> |
 */

#include "loadclient.h"

#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTING 64
#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define MESSAGES_OF_CALL 6
#define CANDIDATE                                                                                                      \
  "{\"candidate\":\"candidate:842163049 1 udp 1677729535 192.0.2.17 46154 typ srflx raddr 192.0.2.1 rport 51001 "      \
  "generation 0 ufrag 7Pq2 network-cost 999\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}"

typedef struct
{
  LoadClient *caller, *callee;
  char *callee_id, *call_id;
  gint64 started; /* with --rate: should have */
  gint64 next;    /* with --rate: when the next call is due */
  guint due;      /* messages of the call that are still to come */
} Pair;

static struct
{
  char *command, *server, *secret_file;
  int pid, pairs, sockets;
  double seconds, warm_up, rate;
  gboolean rest;
} options = {.pairs = 50, .sockets = 100, .seconds = 4, .warm_up = 1};

static LoadLoop loop;
static GBytes *secret;
static GPtrArray *clients;
static Pair *pairs;
static guint ready, busy;
static gboolean signals, measuring, stopping;
static guint64 done;      /* calls, or signals */
static GArray *latencies; /* gint64, us */

/* ---- tokens ---- */

static char *
base64url (const guint8 *data, gsize length)
{
  char *text = g_base64_encode (data, length);
  g_strdelimit (text, "=", '\0');
  g_strdelimit (text, "+", '-');
  return g_strdelimit (text, "/", '_');
}

static char *
token_for (const char *user)
{
  g_autofree char *claims = g_strdup_printf (
      "{\"sub\":\"%s\",\"username\":\"%s\",\"fullName\":\"User %s\",\"type\":\"access\",\"exp\":%" G_GINT64_FORMAT "}",
      user, user, user, g_get_real_time () / G_USEC_PER_SEC + 3600);
  g_autofree char *head = base64url ((const guint8 *) "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", 27);
  g_autofree char *body = base64url ((const guint8 *) claims, strlen (claims));
  g_autofree char *text = g_strconcat (head, ".", body, NULL);
  guint8 digest[32];
  gsize key_size, size = sizeof digest;
  const guint8 *key = g_bytes_get_data (secret, &key_size);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, key_size);
  g_hmac_update (hmac, (const guchar *) text, -1);
  g_hmac_get_digest (hmac, digest, &size);
  g_hmac_unref (hmac);
  g_autofree char *signature = base64url (digest, sizeof digest);
  return g_strconcat (text, ".", signature, NULL);
}

static void
load_secret (void)
{
  g_autofree char *text = NULL;
  if (options.secret_file == NULL || !g_file_get_contents (options.secret_file, &text, NULL, NULL))
    load_fail ("--secret-file cannot be read");
  g_strchomp (text);
  secret = g_bytes_new (text, strlen (text));
}

/* ---- the call ---- */

static void
pair_post (Pair *pair, LoadClient *client, const char *verb)
{
  g_autofree char *json = g_strdup_printf ("{\"callId\":\"%s\"}", pair->call_id);
  g_autofree char *path = g_strdup_printf ("/api/calls/%s/%s", pair->call_id, verb);
  g_autofree char *event = g_strconcat ("call-", verb, NULL);
  if (options.rest)
    load_client_post (client, path, "{}");
  else
    load_client_ask (client, event, json);
}

static void
pair_start (Pair *pair)
{
  g_autofree char *json = g_strdup_printf ("{\"targetUserId\":\"%s\",\"callType\":\"video\"}", pair->callee_id);
  pair->due = MESSAGES_OF_CALL;
  pair->started = g_get_monotonic_time ();
  if (options.rate > 0) {
    pair->started = pair->next;
    pair->next += (gint64) (options.pairs / options.rate * G_USEC_PER_SEC);
  }
  busy++;
  if (options.rest)
    load_client_post (pair->caller, "/api/calls/start", json);
  else
    load_client_ask (pair->caller, "call-start", json);
}

static void
pair_heard (Pair *pair)
{
  if (pair->due == 0)
    load_fail ("a message too many");
  if (--pair->due > 0)
    return;
  busy--;
  done++;
  if (!stopping && options.rate == 0)
    pair_start (pair);
}

static void
pair_signal (Pair *pair, LoadClient *client)
{
  g_autofree char *json = g_strdup_printf ("{\"callId\":\"%s\",\"candidate\":" CANDIDATE "}", pair->call_id);
  load_client_ask (client, "call-signal", json);
}

static void
note_call_id (Pair *pair, const char *body)
{
  static const char name[] = "\"callId\":\"";
  const char *at = strstr (body, name);
  const char *end = at != NULL ? strchr (at + sizeof name - 1, '"') : NULL;
  if (end == NULL)
    load_fail ("no callId: %s", body);
  g_free (pair->call_id);
  pair->call_id = g_strndup (at + sizeof name - 1, end - at - (sizeof name - 1));
}

static void
on_incoming (Pair *pair, const char *body)
{
  gint64 latency = g_get_monotonic_time () - pair->started;
  if (measuring)
    g_array_append_val (latencies, latency);
  note_call_id (pair, body);
  pair_post (pair, pair->callee, "accept");
  pair_heard (pair);
}

static void
on_accepted (Pair *pair)
{
  if (signals) {
    busy--;
    pair_signal (pair, pair->caller);
    return;
  }
  pair_post (pair, pair->caller, "end");
  pair_heard (pair);
}

static void
on_event (LoadClient *client, const char *name, const char *body)
{
  Pair *pair = load_client_get_data (client);
  if (g_str_equal (name, "incoming-call"))
    on_incoming (pair, body);
  else if (g_str_equal (name, "call-accepted"))
    on_accepted (pair);
  else if (g_str_equal (name, "call-ended"))
    pair_heard (pair);
  else if (g_str_equal (name, "call-signal")) {
    done++;
    if (!stopping)
      pair_signal (pair, client);
  }
}

static void
on_answer (LoadClient *client, const char *body)
{
  if (strstr (body, "\"ok\":false") != NULL)
    load_fail ("refused: %s", body);
  if (!signals)
    pair_heard (load_client_get_data (client));
}

static void
on_ready (LoadClient *client)
{
  ready++;
}

/* ---- connecting ---- */

static void
wait_until_ready (guint count)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (ready < count) {
    load_loop_turn (&loop, 100);
    if (g_get_monotonic_time () > end)
      load_fail ("%u of %u sockets are open", ready, count);
  }
}

static LoadClient *
open_client (const char *user, Pair *pair)
{
  g_autofree char *token = token_for (user);
  if (clients->len >= ready + MAX_CONNECTING)
    wait_until_ready (clients->len - MAX_CONNECTING / 2);
  LoadClient *client = load_client_new (&loop, token, pair);
  g_ptr_array_add (clients, client);
  return client;
}

static void
open_pairs (void)
{
  pairs = g_new0 (Pair, options.pairs);
  for (int i = 0; i < options.pairs; i++) {
    g_autofree char *caller = g_strdup_printf ("caller%d-%d", (int) getpid (), i);
    pairs[i].callee_id = g_strdup_printf ("callee%d-%d", (int) getpid (), i);
    pairs[i].caller = open_client (caller, &pairs[i]);
    pairs[i].callee = open_client (pairs[i].callee_id, &pairs[i]);
  }
  wait_until_ready (clients->len);
}

static void
start_pairs (void)
{
  gint64 now = g_get_monotonic_time ();
  for (int i = 0; i < options.pairs; i++) {
    pairs[i].next = options.rate > 0 ? now + (gint64) (i / options.rate * G_USEC_PER_SEC) : 0;
    if (options.rate == 0)
      pair_start (&pairs[i]);
  }
}

static void
start_those_due (void)
{
  gint64 now = g_get_monotonic_time ();
  for (int i = 0; options.rate > 0 && i < options.pairs; i++) {
    if (pairs[i].due == 0 && pairs[i].next <= now)
      pair_start (&pairs[i]);
  }
}

static void
close_pairs (void)
{
  for (int i = 0; i < options.pairs; i++) {
    g_free (pairs[i].callee_id);
    g_free (pairs[i].call_id);
  }
  g_free (pairs);
}

/* ---- measuring ---- */

/* User and system time of the server's process, all threads: what /proc/PID/stat counts in ticks, in nanoseconds. */
static double
server_cpu (void)
{
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid (options.pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    load_fail ("no process %d", options.pid);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double
own_cpu (void)
{
  struct timespec time;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void
run_for (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  while (g_get_monotonic_time () < end) {
    start_those_due ();
    load_loop_turn (&loop, options.rate > 0 ? 1 : 10);
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;
  return (left > right) - (left < right);
}

static double
percentile_ms (double share)
{
  if (latencies->len == 0)
    return 0;
  return (double) g_array_index (latencies, gint64, (guint) (share * (latencies->len - 1))) / 1000;
}

static void
measure (void)
{
  run_for (options.warm_up);
  guint64 before = done;
  gint64 began = g_get_monotonic_time ();
  double cpu = server_cpu (), own = own_cpu ();
  measuring = TRUE;
  run_for (options.seconds);
  measuring = FALSE;
  cpu = server_cpu () - cpu;
  own = own_cpu () - own;
  double seconds = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  g_array_sort (latencies, compare);
  printf ("{\"done\":%" G_GUINT64_FORMAT ",\"seconds\":%.3f,\"serverCpu\":%.6f,\"clientCpu\":%.6f,\"p50\":%.3f,"
          "\"p99\":%.3f}\n",
      done - before, seconds, cpu, own, percentile_ms (0.5), percentile_ms (0.99));
}

/* ---- commands ---- */

static void
run_calls (void)
{
  open_pairs ();
  start_pairs ();
  measure ();
  stopping = TRUE;
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (busy > 0 && g_get_monotonic_time () < end)
    load_loop_turn (&loop, 100);
  if (busy > 0)
    load_fail ("%u calls hang", busy);
  close_pairs ();
}

static gboolean
stdin_ended (void)
{
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  char byte;
  return poll (&input, 1, 0) > 0 && read (STDIN_FILENO, &byte, 1) <= 0;
}

static void
run_idle (void)
{
  for (int i = 0; i < options.sockets; i++) {
    g_autofree char *user = g_strdup_printf ("idle%d-%d", (int) getpid (), i);
    open_client (user, NULL);
  }
  wait_until_ready (clients->len);
  printf ("{\"open\":%u}\n", ready);
  fflush (stdout);
  while (!stdin_ended ())
    load_loop_turn (&loop, 100);
}

static void
raise_limit (void)
{
  struct rlimit limit;
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static void
parse_options (int argc, char **argv)
{
  const GOptionEntry entries[] = {{"server", 0, 0, G_OPTION_ARG_STRING, &options.server, NULL, NULL},
      {"secret-file", 0, 0, G_OPTION_ARG_FILENAME, &options.secret_file, NULL, NULL},
      {"pid", 0, 0, G_OPTION_ARG_INT, &options.pid, NULL, NULL},
      {"pairs", 0, 0, G_OPTION_ARG_INT, &options.pairs, NULL, NULL},
      {"sockets", 0, 0, G_OPTION_ARG_INT, &options.sockets, NULL, NULL},
      {"seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.seconds, NULL, NULL},
      {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &options.rate, NULL, NULL},
      {"warm-up", 0, 0, G_OPTION_ARG_DOUBLE, &options.warm_up, NULL, NULL},
      {"rest", 0, 0, G_OPTION_ARG_NONE, &options.rest, NULL, NULL}, {NULL}};
  g_autoptr (GOptionContext) context = g_option_context_new ("calls|signals|idle");
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    load_fail ("%s", error->message);
  if (argc != 2 || options.server == NULL)
    load_fail ("usage: callload calls|signals|idle --server ADDRESS:PORT ...");
  options.command = argv[1];
}

int
main (int argc, char **argv)
{
  static const LoadHandler handler = {on_ready, on_event, on_answer};
  setlocale (LC_NUMERIC, "C");
  parse_options (argc, argv);
  raise_limit ();
  load_secret ();
  load_loop_init (&loop, options.server, &handler);
  clients = g_ptr_array_new_with_free_func ((GDestroyNotify) load_client_free);
  latencies = g_array_new (FALSE, FALSE, sizeof (gint64));
  signals = g_str_equal (options.command, "signals");
  if (g_str_equal (options.command, "idle"))
    run_idle ();
  else
    run_calls ();
  g_ptr_array_unref (clients);
  g_array_unref (latencies);
  g_bytes_unref (secret);
  return 0;
}
