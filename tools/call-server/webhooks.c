/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The webhooks as a whole: their settings, their URLs, and what is too old to be delivered. */

#include "tools/call-server/webhooks.h"

#include "tools/call-server/timer.h"
#include "tools/call-server/webhook-sign.h"
#include "tools/call-server/webhook-target.h"

#include <gio/gio.h>

#define EXPIRE_MS (60 * 1000)

struct Webhooks
{
  WebhookSender sender;
  gint64 max_age_ms;
  guint max_rows;
  gint64 expire_ms; /* between two looks */
  GPtrArray *targets;
  Timer *expiry;
};

static const char *const events[] = {"call.started", "call.accepted", "call.ended", "call.quality", NULL};

/* ---- settings ---- */

static gboolean
check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, error);
  if (uri == NULL)
    return FALSE;
  const char *scheme = g_uri_get_scheme (uri), *host = g_uri_get_host (uri);
  if ((g_str_equal (scheme, "http") || g_str_equal (scheme, "https")) && host != NULL && *host != '\0')
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a webhook URL begins with http:// or https://");
  return FALSE;
}

static gboolean
check_event (const char *name, GError **error)
{
  if (g_strv_contains (events, name))
    return TRUE;
  g_autofree char *all = g_strjoinv (", ", (char **) events);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "there is no webhook event '%s': there are %s", name, all);
  return FALSE;
}

gboolean
webhooks_check (const Options *options, GError **error)
{
  for (guint i = 0; options->webhook_urls != NULL && options->webhook_urls[i] != NULL; i++) {
    if (!check_url (options->webhook_urls[i], error))
      return FALSE;
  }
  for (guint i = 0; options->webhook_events != NULL && options->webhook_events[i] != NULL; i++) {
    if (!check_event (options->webhook_events[i], error))
      return FALSE;
  }
  if (options->webhook_secret != NULL) {
    g_autoptr (GPtrArray) keys = webhook_keys_parse (options->webhook_secret, error);
    return keys != NULL;
  }
  if (options->webhook_urls == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "webhook-url needs webhook-secret-file");
  return FALSE;
}

/* ---- giving up ---- */

static void
on_grown (gpointer data)
{
  const Webhooks *webhooks = data;
  for (guint i = 0; i < webhooks->targets->len; i++)
    webhook_target_ask (g_ptr_array_index (webhooks->targets, i));
}

/* style: allow forward-declaration (a circle: each look starts the wait for the next) */
static void expire (gpointer data);

static void
expired (StoreJob *job)
{
  Webhooks *webhooks = job->data;
  guint dropped = job->result == STORE_OK ? job->outbox->len : 0;
  if (webhooks->sender.poster == NULL)
    return;
  for (guint i = 0; i < dropped; i++) {
    const OutboxRow *row = g_ptr_array_index (job->outbox, i);
    g_warning ("webhook given up, %s: %s %s of call %s, after %u attempts that were refused",
        job->more ? "too many wait" : "too old", row->type, row->id, row->call_id, row->attempts);
  }
  webhooks->sender.counters.dropped += dropped;
  if (dropped > 0)
    on_grown (webhooks);
  webhooks->expiry = timer_start (webhooks->sender.loop, dropped > 0 ? 0 : webhooks->expire_ms, expire, webhooks);
}

/* What was never tried, since we were down, has a while for its first attempt. */
static void
expire (gpointer data)
{
  Webhooks *webhooks = data;
  StoreJob *job = store_job_new (STORE_OUTBOX_EXPIRE, NULL, expired, webhooks);
  timer_stop (&webhooks->expiry);
  job->due_ms = job->now_ms - webhooks->max_age_ms;
  job->filter.limit = webhooks->max_rows;
  store_push (webhooks->sender.store, job);
}

/* ---- coming and going ---- */

Webhooks *
webhooks_new (uv_loop_t *loop, Store *store, const Options *options)
{
  if (options->webhook_urls == NULL || options->webhook_urls[0] == NULL)
    return NULL;
  Webhooks *webhooks = g_new0 (Webhooks, 1);
  webhooks->sender = (WebhookSender){.loop = loop,
      .store = store,
      .poster = poster_new (loop, options->webhook_ca_file),
      .keys = webhook_keys_parse (options->webhook_secret, NULL),
      .timeout = options->webhook_timeout};
  webhooks->max_age_ms = (gint64) (options->webhook_max_age * 1000);
  webhooks->max_rows = (guint) options->webhook_outbox_limit;
  webhooks->expire_ms = MIN (EXPIRE_MS, webhooks->max_age_ms);
  webhooks->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) webhook_target_free);
  for (guint i = 0; options->webhook_urls[i] != NULL; i++)
    g_ptr_array_add (webhooks->targets, webhook_target_new (&webhooks->sender, options->webhook_urls[i]));
  const StoreOutbox outbox = {
      (const char *const *) options->webhook_urls, (const char *const *) options->webhook_events, on_grown, webhooks};
  store_set_outbox (store, &outbox);
  on_grown (webhooks);
  webhooks->expiry = timer_start (loop, webhooks->expire_ms, expire, webhooks);
  return webhooks;
}

void
webhooks_get_counters (const Webhooks *webhooks, WebhookCounters *counters)
{
  *counters = webhooks->sender.counters;
}

void
webhooks_stop (Webhooks *webhooks)
{
  g_clear_pointer (&webhooks->sender.poster, poster_free);
  timer_stop (&webhooks->expiry);
  for (guint i = 0; i < webhooks->targets->len; i++)
    webhook_target_stop (g_ptr_array_index (webhooks->targets, i));
}

void
webhooks_free (Webhooks *webhooks)
{
  g_ptr_array_unref (webhooks->targets);
  g_ptr_array_unref (webhooks->sender.keys);
  g_free (webhooks);
}
