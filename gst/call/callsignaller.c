/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* The interface's signals, the choice of the implementation by URL, and the errors that both implementations share:
 * a refusal comes as an answer with ok FALSE and a code (DESIGN section 4), and leaves as a GstCallSignallerError. */

#include "gst/call/callsignaller.h"

#include "gst/call/calldirectsignaller.h"
#include "gst/call/callserversignaller.h"
#include "gst/call/calltoken.h"

enum
{
  SIGNAL_MESSAGE,
  SIGNAL_CONNECTED,
  SIGNAL_DISCONNECTED,
  SIGNAL_FAILED,
  SIGNAL_COUNT
};

static guint signals[SIGNAL_COUNT];

/* The codes of error bodies. What is not listed goes by its HTTP status, then to REJECTED. */
static const struct
{
  const char *code;
  GstCallSignallerError error;
} answer_codes[] = {
    {"user-not-found", GST_CALL_SIGNALLER_ERROR_NOT_FOUND},
    {"not-found", GST_CALL_SIGNALLER_ERROR_NOT_FOUND},
    {"user-busy", GST_CALL_SIGNALLER_ERROR_BUSY},
    {"forbidden", GST_CALL_SIGNALLER_ERROR_FORBIDDEN},
    {"caller-busy", GST_CALL_SIGNALLER_ERROR_BUSY},
    {"not-calling", GST_CALL_SIGNALLER_ERROR_STATE},
    {"not-live", GST_CALL_SIGNALLER_ERROR_STATE},
    {"not-accepted", GST_CALL_SIGNALLER_ERROR_STATE},
};

static const struct
{
  guint status;
  GstCallSignallerError error;
} answer_statuses[] = {
    {401, GST_CALL_SIGNALLER_ERROR_TOKEN},
    {403, GST_CALL_SIGNALLER_ERROR_FORBIDDEN},
    {404, GST_CALL_SIGNALLER_ERROR_NOT_FOUND},
    {409, GST_CALL_SIGNALLER_ERROR_BUSY},
};

G_DEFINE_QUARK (gst_call_signaller_error_quark, gst_call_signaller_error)

G_DEFINE_INTERFACE (GstCallSignaller, gst_call_signaller, G_TYPE_OBJECT)

static void
gst_call_signaller_default_init (GstCallSignallerInterface *iface)
{
  GType type = GST_TYPE_CALL_SIGNALLER;

  signals[SIGNAL_MESSAGE] =
      g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_CONNECTED] =
      g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_DISCONNECTED] =
      g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

void
gst_call_signaller_start (GstCallSignaller *self)
{
  g_return_if_fail (GST_IS_CALL_SIGNALLER (self));

  GST_CALL_SIGNALLER_GET_IFACE (self)->start (self);
}

void
gst_call_signaller_request_async (GstCallSignaller *self, const CallMessage *request, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GST_IS_CALL_SIGNALLER (self));
  g_return_if_fail (request);

  GST_CALL_SIGNALLER_GET_IFACE (self)->request_async (self, request, cancellable, callback, user_data);
}

CallMessage *
gst_call_signaller_request_finish (GstCallSignaller *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (GST_IS_CALL_SIGNALLER (self), NULL);

  return GST_CALL_SIGNALLER_GET_IFACE (self)->request_finish (self, result, error);
}

void
gst_call_signaller_stop_async (GstCallSignaller *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (GST_IS_CALL_SIGNALLER (self));

  GST_CALL_SIGNALLER_GET_IFACE (self)->stop_async (self, callback, user_data);
}

void
gst_call_signaller_emit_message (GstCallSignaller *self, const CallMessage *message)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

void
gst_call_signaller_emit_connected (GstCallSignaller *self, const char *user)
{
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0, user);
}

void
gst_call_signaller_emit_disconnected (GstCallSignaller *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_DISCONNECTED], 0, error);
}

void
gst_call_signaller_emit_failed (GstCallSignaller *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

gboolean
gst_call_signaller_check_answer (const CallMessage *answer, GError **error)
{
  GstCallSignallerError code = GST_CALL_SIGNALLER_ERROR_REJECTED;
  const char *text = answer->message;

  if (answer->ok)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (answer_statuses); i++) {
    if (answer->http_status == answer_statuses[i].status)
      code = answer_statuses[i].error;
  }
  for (guint i = 0; i < G_N_ELEMENTS (answer_codes); i++) {
    if (!g_strcmp0 (answer->code, answer_codes[i].code))
      code = answer_codes[i].error;
  }
  if (!text)
    text = answer->code ? answer->code : "The server refused the request without giving a reason";
  g_set_error_literal (error, GST_CALL_SIGNALLER_ERROR, code, text);
  return FALSE;
}

GstCallSignaller *
gst_call_signaller_new (const char *server, const char *token, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (server ? server : "", G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri ? g_uri_get_host (uri) : NULL;
  g_autofree char *checked = NULL;

  if (!host || !*host
      || !(g_str_equal (scheme, "direct") || g_str_equal (scheme, "http") || g_str_equal (scheme, "https"))) {
    g_set_error (error, GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_ADDRESS,
        "\"%s\" is no address of a call server: http://HOST[:PORT] or https://HOST[:PORT] is wanted",
        server ? server : "");
    return NULL;
  }
  checked = call_token_check (token, error);
  if (!checked)
    return NULL;
  if (g_str_equal (scheme, "direct"))
    return gst_call_direct_signaller_new (host, checked);
  return gst_call_server_signaller_new (uri, checked);
}
