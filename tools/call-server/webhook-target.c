/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/*  store (outbox)              webhooks                       the URL
 *    | a commit with events --> |                              |
 *    | <--------- OUTBOX_DUE -- |                              |
 *    | the heads that are due ->| POST, signed --------------> |
 *    | <------ OUTBOX_REMOVE -- | <---------------------- 2xx -|   the next of that call comes up
 *    | <---- OUTBOX_POSTPONE -- | <------- 500, or no answer --|   that call waits alone, longer each time
 *    |                          | -- no way to it ---------- X |   the URL waits as a whole; then one tries
 *
 * So a call whose events are refused holds up nobody, and a dead URL costs one attempt a minute and no write. */

#include "tools/call-server/webhook-target.h"

#include "gst/core/backoff.h"
#include "tools/call-server/timer.h"
#include "tools/call-server/webhook-sign.h"

#include <string.h>

#define MAX_SENDING 8               /* to one URL at once */
#define FIRST_MS 1000               /* to the second attempt */
#define MAX_REFUSED_MS (600 * 1000) /* between attempts of an event that is refused */
#define MAX_LOST_MS (60 * 1000)     /* between attempts to reach a URL */
#define STORE_RETRY_MS 1000

struct WebhookTarget
{
  WebhookSender *sender;
  const char *url;
  char *place;            /* what the log may say of the URL */
  GHashTable *deliveries; /* seq -> Delivery */
  Timer *timer;           /* to the next that is due, or to the end of the pause */
  guint losses;           /* attempts in a row that did not reach it */
  gboolean paused;
  gboolean asking, ask_again; /* the store, what is due */
};

typedef struct
{
  WebhookTarget *target;
  OutboxRow *row;
  StoreOp op; /* what becomes of the row when it was sent */
  gint64 due_ms;
  Timer *retry; /* of op, after the database failed */
} Delivery;

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static void
delivery_free (Delivery *delivery)
{
  timer_stop (&delivery->retry);
  outbox_row_free (delivery->row);
  g_free (delivery);
}

/* ---- what became of it ---- */

/* style: allow forward-declaration (a circle: what failed to be written is written again) */
static void settle (gpointer data);

/* Until the outbox knows, the delivery stays: its row must not be sent again only because the disk is full. */
static void
settled (StoreJob *job)
{
  WebhookTarget *target = job->data;
  Delivery *delivery = g_hash_table_lookup (target->deliveries, &job->seq);
  if (target->sender->poster == NULL)
    return;
  if (job->result == STORE_OK) {
    g_hash_table_remove (target->deliveries, &job->seq);
    webhook_target_ask (target);
  } else
    delivery->retry = timer_start (target->sender->loop, STORE_RETRY_MS, settle, delivery);
}

static void
settle (gpointer data)
{
  Delivery *delivery = data;
  StoreJob *job = store_job_new (delivery->op, NULL, settled, delivery->target);
  timer_stop (&delivery->retry);
  job->seq = delivery->row->seq;
  job->url = g_strdup (delivery->row->url);
  job->call_id = g_strdup (delivery->row->call_id);
  job->due_ms = delivery->due_ms;
  store_push (delivery->target->sender->store, job);
}

static void
on_pause_over (gpointer data)
{
  WebhookTarget *target = data;
  timer_stop (&target->timer);
  target->paused = FALSE;
  webhook_target_ask (target);
}

/* Nothing is known of the event, so its row is left as it is; the URL is let alone for a while. */
static void
unreached (Delivery *delivery, const PosterResult *result)
{
  WebhookTarget *target = delivery->target;
  g_hash_table_remove (target->deliveries, &delivery->row->seq);
  if (target->paused)
    return;
  if (target->losses == 0)
    g_warning ("webhook %s cannot be reached: %s", target->place, result->error);
  guint wait_ms = backoff_delay_ms (target->losses++, FIRST_MS, MAX_LOST_MS, g_random_double ());
  target->paused = TRUE;
  timer_stop (&target->timer);
  target->timer = timer_start (target->sender->loop, wait_ms, on_pause_over, target);
}

static void
refused (Delivery *delivery, const PosterResult *result)
{
  OutboxRow *row = delivery->row;
  gint64 wait_ms = backoff_delay_ms (row->attempts, FIRST_MS, MAX_REFUSED_MS, g_random_double ());
  g_autofree char *status = g_strdup_printf ("status %u", result->status);
  wait_ms = MAX (wait_ms, MIN ((gint64) result->retry_after * 1000, MAX_REFUSED_MS));
  g_message ("webhook %s: %s %s of call %s: %s; again in %.0f s", delivery->target->place, row->type, row->id,
      row->call_id, result->status != 0 ? status : result->error, (double) wait_ms / 1000);
  delivery->op = STORE_OUTBOX_POSTPONE;
  delivery->due_ms = now_ms () + wait_ms;
  settle (delivery);
}

static void
on_posted (const PosterResult *result, gpointer data)
{
  Delivery *delivery = data;
  WebhookTarget *target = delivery->target;
  WebhookCounters *counters = &target->sender->counters;
  gboolean taken = result->status >= 200 && result->status < 300;
  counters->sending--;
  counters->delivered += taken;
  counters->failed += !taken;
  if (!result->reached) {
    unreached (delivery, result);
    return;
  }
  if (target->losses > 0)
    g_message ("webhook %s is reached again", target->place);
  target->losses = 0;
  if (taken) {
    delivery->op = STORE_OUTBOX_REMOVE;
    settle (delivery);
  } else
    refused (delivery, result);
}

/* ---- sending ---- */

static void
send_row (WebhookTarget *target, OutboxRow *row)
{
  WebhookSender *sender = target->sender;
  Delivery *delivery = g_new0 (Delivery, 1);
  gint64 timestamp = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *signatures = webhook_sign (sender->keys, row->id, timestamp, row->body);
  g_autofree char *id = g_strdup_printf ("webhook-id: %s", row->id);
  g_autofree char *time = g_strdup_printf ("webhook-timestamp: %" G_GINT64_FORMAT, timestamp);
  g_autofree char *signature = g_strdup_printf ("webhook-signature: %s", signatures);
  const char *const headers[] = {
      "content-type: application/json", "user-agent: gst-call-server/" VERSION, id, time, signature, NULL};
  delivery->target = target;
  delivery->row = row;
  g_hash_table_insert (target->deliveries, &row->seq, delivery);
  sender->counters.sending++;
  poster_post (sender->poster, row->url, headers, row->body, sender->timeout, on_posted, delivery);
}

/* How many more may be sent now; after a loss one tries the way. */
static guint
room (const WebhookTarget *target)
{
  guint most = target->losses > 0 ? 1 : MAX_SENDING;
  guint busy = g_hash_table_size (target->deliveries);
  return most > busy ? most - busy : 0;
}

static void
wait_for (WebhookTarget *target, gint64 due_ms)
{
  timer_stop (&target->timer);
  if (due_ms != 0)
    target->timer = timer_start (target->sender->loop, due_ms - now_ms (), on_pause_over, target);
}

static void
asked (StoreJob *job)
{
  WebhookTarget *target = job->data;
  target->asking = FALSE;
  if (target->sender->poster == NULL || target->paused)
    return;
  if (job->result != STORE_OK) {
    wait_for (target, now_ms () + STORE_RETRY_MS);
    return;
  }
  for (guint i = 0; i < job->outbox->len && room (target) > 0; i++) {
    OutboxRow **row = (OutboxRow **) &g_ptr_array_index (job->outbox, i);
    if (!g_hash_table_contains (target->deliveries, &(*row)->seq))
      send_row (target, g_steal_pointer (row));
  }
  wait_for (target, job->due_ms);
  if (target->ask_again)
    webhook_target_ask (target);
}

/* Rows under way are due, too: so many more have to be asked for. */
void
webhook_target_ask (WebhookTarget *target)
{
  WebhookSender *sender = target->sender;
  target->ask_again = target->asking;
  if (sender->poster == NULL || target->paused || target->asking || room (target) == 0)
    return;
  StoreJob *job = store_job_new (STORE_OUTBOX_DUE, NULL, asked, target);
  job->url = g_strdup (target->url);
  job->filter.limit = g_hash_table_size (target->deliveries) + room (target);
  target->asking = TRUE;
  store_push (sender->store, job);
}

/* ---- coming and going ---- */

/* Scheme, host and port: the rest of a URL, and what stands before an @, may be secret. */
static char *
place_of (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  int port = g_uri_get_port (uri);
  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), port, "", NULL, NULL);
}

WebhookTarget *
webhook_target_new (WebhookSender *sender, const char *url)
{
  WebhookTarget *target = g_new0 (WebhookTarget, 1);
  target->sender = sender;
  target->url = url;
  target->place = place_of (url);
  target->deliveries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) delivery_free);
  return target;
}

void
webhook_target_stop (WebhookTarget *target)
{
  timer_stop (&target->timer);
  g_hash_table_remove_all (target->deliveries);
}

void
webhook_target_free (WebhookTarget *target)
{
  webhook_target_stop (target);
  g_hash_table_unref (target->deliveries);
  g_free (target->place);
  g_free (target);
}
