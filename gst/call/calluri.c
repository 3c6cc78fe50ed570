/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "calluri.h"

#include <string.h>

#define CALL_PREFIX "call/"

static char *
make_server (GstUri *uri)
{
  const char *host = gst_uri_get_host (uri);
  gboolean bare_ipv6 = strchr (host, ':') != NULL && *host != '[';
  GString *server = g_string_new (g_str_equal (gst_uri_get_scheme (uri), "calls") ? "https://" : "http://");

  g_string_append_printf (server, bare_ipv6 ? "[%s]" : "%s", host);
  if (gst_uri_get_port (uri) != GST_URI_NO_PORT)
    g_string_append_printf (server, ":%u", gst_uri_get_port (uri));
  return g_string_free (server, FALSE);
}

static gboolean
is_ours (GstUri *uri)
{
  const char *scheme = uri != NULL ? gst_uri_get_scheme (uri) : NULL;

  return (g_strcmp0 (scheme, "call") == 0 || g_strcmp0 (scheme, "calls") == 0) && gst_uri_get_host (uri) != NULL
         && *gst_uri_get_host (uri) != '\0';
}

CallUri *
call_uri_parse (const char *text, GError **error)
{
  g_autoptr (GstUri) uri = gst_uri_from_string (text);
  g_autofree char *path = is_ours (uri) ? gst_uri_get_path (uri) : NULL;
  const char *name = path != NULL && *path == '/' ? path + 1 : "";
  gboolean is_call = g_str_has_prefix (name, CALL_PREFIX);
  CallUri *self;

  if (is_call)
    name += strlen (CALL_PREFIX);
  if (*name == '\0' || strchr (name, '/') != NULL) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        "\"%s\" is not call://host[:port]/USER or call://host[:port]/call/CALL-ID", text);
    return NULL;
  }
  self = g_new0 (CallUri, 1);
  self->server = make_server (uri);
  *(is_call ? &self->call_id : &self->peer) = g_strdup (name);
  self->call_type = g_strdup (gst_uri_get_query_value (uri, "call-type"));
  self->session = g_strdup (gst_uri_get_query_value (uri, "session"));
  return self;
}

void
call_uri_free (CallUri *uri)
{
  g_free (uri->server);
  g_free (uri->peer);
  g_free (uri->call_id);
  g_free (uri->call_type);
  g_free (uri->session);
  g_free (uri);
}
