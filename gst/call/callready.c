/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callready.h"

#define INTERVAL_MS 20
#define ATTEMPTS 500 /* ten seconds: a camera may take its time */

struct CallReady
{
  GstElement *webrtcbin;
  CallReadyFunc ready;
  gpointer user_data;
  GSource *timer;
  guint attempts;
};

static gboolean
has_ssrc (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  return caps != NULL && gst_caps_get_size (caps) > 0
         && gst_structure_has_field (gst_caps_get_structure (caps, 0), "ssrc");
}

/* The name of a sink pad that has no caps; NULL when all have. */
static char *
find_missing (GstElement *webrtcbin)
{
  char *missing = NULL;

  GST_OBJECT_LOCK (webrtcbin);
  for (GList *item = webrtcbin->sinkpads; item != NULL && missing == NULL; item = item->next) {
    if (!has_ssrc (item->data))
      missing = g_strdup (GST_PAD_NAME (item->data));
  }
  GST_OBJECT_UNLOCK (webrtcbin);
  return missing;
}

static gboolean
on_timer (gpointer data)
{
  CallReady *self = data;
  g_autofree char *missing = find_missing (self->webrtcbin);

  if (missing != NULL && ++self->attempts < ATTEMPTS)
    return G_SOURCE_CONTINUE;
  self->ready (self->user_data, missing);
  return G_SOURCE_REMOVE;
}

CallReady *
call_ready_wait (GstElement *webrtcbin, GMainContext *context, CallReadyFunc ready, gpointer user_data)
{
  g_autofree char *missing = find_missing (webrtcbin);
  CallReady *self;

  if (missing == NULL) {
    ready (user_data, NULL);
    return NULL;
  }
  self = g_new0 (CallReady, 1);
  self->webrtcbin = gst_object_ref (webrtcbin);
  self->ready = ready;
  self->user_data = user_data;
  self->timer = g_timeout_source_new (INTERVAL_MS);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, context);
  return self;
}

void
call_ready_free (CallReady *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  gst_object_unref (self->webrtcbin);
  g_free (self);
}
