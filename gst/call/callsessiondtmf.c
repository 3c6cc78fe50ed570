/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The keys of a telephone: what the other participant presses becomes messages, what the application wants pressed goes
 * to the leg. All on the worker. */

#include "callsessionprivate.h"

#include "callsessiondebug.h"

/* As browsers have it (W3C WebRTC, insertDTMF). */
#define USUAL_DURATION_MS 100
#define USUAL_GAP_MS 70
#define MIN_DURATION_MS 40
#define MIN_GAP_MS 30
#define MAX_MS 60000

typedef struct
{
  GstCallSession *session;
  char *digits;
  guint duration, gap; /* ms */
} Keys;

static void
keys_free (gpointer data)
{
  Keys *keys = data;

  gst_object_unref (keys->session);
  g_free (keys->digits);
  g_free (keys);
}

/* GStreamer's own elements name and number the fields like this (rtpdtmfdepay, dtmfdetect). */
void
session_take_dtmf (GstCallSession *self, const TelephoneKeyChange *change)
{
  g_autoptr (GstElement) element = session_ref_element (self, FALSE);
  g_autofree char *call_id = gst_call_session_dup_call_id (self);
  GstStructure *structure;

  if (element == NULL)
    return;
  structure = gst_structure_new ("dtmf-event", "session", G_TYPE_STRING, GST_OBJECT_NAME (self), "call-id",
      G_TYPE_STRING, call_id, "type", G_TYPE_INT, 1, "method", G_TYPE_INT, 1, "number", G_TYPE_INT, (gint) change->key,
      "volume", G_TYPE_INT, (gint) change->volume, "start", G_TYPE_BOOLEAN, change->start, NULL);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

/* ---- what is to be pressed ---- */

static GError *
check (GstCallSession *self, const Keys *keys)
{
  GError *error = NULL;

  if (keys->digits == NULL || *keys->digits == '\0')
    g_set_error (&error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "no digits");
  for (const char *at = keys->digits; error == NULL && *at != '\0'; at++)
    if (telephone_event_from_digit (*at) < 0)
      g_set_error (&error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
          "column %u is no key: there are 0123456789*#ABCD", (guint) (at - keys->digits) + 1);
  if (error == NULL
      && (keys->duration < MIN_DURATION_MS || keys->duration > MAX_MS || keys->gap < MIN_GAP_MS || keys->gap > MAX_MS))
    g_set_error (&error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "a key takes %d to %d ms, the gap behind it %d to %d ms", MIN_DURATION_MS, MAX_MS, MIN_GAP_MS, MAX_MS);
  if (error == NULL && gst_call_session_get_state (self) != PARTICIPANT_STATE_CONNECTED)
    g_set_error (&error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED, "the call is not connected");
  else if (error == NULL && self->leg == NULL)
    g_set_error (
        &error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED, "a webrtcbin of the application's own sends none");
  return error;
}

static gboolean
on_keys (gpointer data)
{
  const Keys *keys = data;
  GstCallSession *self = keys->session;
  g_autoptr (GError) error = check (self, keys);

  if (error == NULL)
    gst_call_leg_send_dtmf (self->leg, keys->digits, keys->duration, keys->gap, &error);
  if (error == NULL)
    return G_SOURCE_REMOVE;
  g_prefix_error (&error, "Cannot send DTMF: ");
  session_tell_error (self, error);
  return G_SOURCE_REMOVE;
}

void
gst_call_session_send_dtmf (GstCallSession *self, const char *digits, guint duration_ms, guint gap_ms)
{
  Keys *keys = g_new0 (Keys, 1);

  keys->session = gst_object_ref (self);
  keys->digits = g_strdup (digits);
  keys->duration = duration_ms != 0 ? duration_ms : USUAL_DURATION_MS;
  keys->gap = gap_ms != 0 ? gap_ms : USUAL_GAP_MS;
  session_attach (self, on_keys, keys, keys_free);
}
