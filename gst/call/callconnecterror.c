/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "gst/call/callconnecterror.h"

#include "gst/call/callsignaller.h"
#include "gst/call/socketioclient.h"

typedef struct
{
  char *address; /* "http://127.0.0.1:8080" */
  gboolean tls;
  const GError *error;
  SoupMessage *request;
} Failure;

static GError *
say_refused (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_ADDRESS,
      "Nothing listens at %s; is gst-call-server running there?", failure->address);
}

static GError *
say_unknown_host (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_ADDRESS,
      "The host of %s is not known (%s); is the name right?", failure->address, failure->error->message);
}

static GError *
say_unreachable (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_ADDRESS, "%s cannot be reached (%s)",
      failure->address, failure->error->message);
}

static GError *
say_timeout (const Failure *failure)
{
  if (!soup_message_get_remote_address (failure->request))
    return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_ADDRESS,
        "%s does not answer; is the address right, and no firewall in between?", failure->address);
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_PROTOCOL,
      "Something listens at %s, but does not answer as gst-call-server does", failure->address);
}

static GError *
say_bad_certificate (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TLS,
      "The certificate of %s is not one that this system trusts for that name (%s)", failure->address,
      failure->error->message);
}

static GError *
say_tls (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TLS,
      "No TLS connection to %s can be had (%s); if the server speaks plain HTTP, its address begins with http://",
      failure->address, failure->error->message);
}

static GError *
say_no_server (const Failure *failure)
{
  guint status = soup_message_get_status (failure->request);

  if (status >= 300 && status < 400) {
    const char *place = soup_message_headers_get_one (soup_message_get_response_headers (failure->request), "Location");

    return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_PROTOCOL,
        "%s is no call server: it sends on to %s", failure->address, place ? place : "nowhere");
  }
  if (status != SOUP_STATUS_NONE && status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_PROTOCOL,
        "%s is no call server: it answers with HTTP %u %s; is gst-call-server running there?", failure->address, status,
        soup_status_get_phrase (status));
  if (failure->tls || status == SOUP_STATUS_SWITCHING_PROTOCOLS)
    return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_PROTOCOL,
        "What listens at %s is no call server (%s)", failure->address, failure->error->message);
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_PROTOCOL,
      "What listens at %s is no call server (%s); if it wants TLS, its address begins with https://", failure->address,
      failure->error->message);
}

/* The server's codes, in words. */
static const char *
explain_token (const char *text)
{
  static const struct
  {
    const char *code;
    const char *words;
  } rows[] = {
      {"token-expired", "it has expired"},
      {"token-not-yet-valid", "it is not valid yet; do the clocks agree?"},
      {"token-wrong-type", "it is no access token"},
      {"token-invalid", "it was not made by this server, or was changed"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (strstr (text, rows[i].code))
      return rows[i].words;
  }
  return text;
}

static GError *
say_token (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_TOKEN,
      "%s refuses the token: %s (gst-call-server token makes a new one)", failure->address,
      explain_token (failure->error->message));
}

static GError *
say_server_refuses (const Failure *failure)
{
  return g_error_new (GST_CALL_SIGNALLER_ERROR, GST_CALL_SIGNALLER_ERROR_REJECTED, "%s refuses the connection: %s",
      failure->address, failure->error->message);
}

/* The first row that fits; a code of -1 is any. */
static GError *
explain (const Failure *failure)
{
  const struct
  {
    GQuark domain;
    int code;
    GError *(*say) (const Failure *failure);
  } rows[] = {
      {G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, say_refused},
      {G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, say_unknown_host},
      {G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE, say_unreachable},
      {G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, say_unreachable},
      {G_IO_ERROR, G_IO_ERROR_TIMED_OUT, say_timeout},
      {G_RESOLVER_ERROR, -1, say_unknown_host},
      {G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, say_bad_certificate},
      {G_TLS_ERROR, -1, say_tls},
      {SOCKETIO_CLIENT_ERROR, SOCKETIO_CLIENT_ERROR_TIMEOUT, say_timeout},
      {SOCKETIO_CLIENT_ERROR, SOCKETIO_CLIENT_ERROR_TOKEN, say_token},
      {SOCKETIO_CLIENT_ERROR, SOCKETIO_CLIENT_ERROR_REFUSED, say_server_refuses},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (failure->error->domain == rows[i].domain && (rows[i].code == -1 || rows[i].code == failure->error->code))
      return rows[i].say (failure);
  }
  return say_no_server (failure);
}

GError *
call_connect_error_new (GUri *server, const GError *error, SoupMessage *request)
{
  Failure failure = {
      .address = g_uri_to_string_partial (server, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT),
      .tls = g_str_equal (g_uri_get_scheme (server), "https"),
      .error = error,
      .request = request,
  };
  GError *explained = explain (&failure);

  g_free (failure.address);
  return explained;
}
