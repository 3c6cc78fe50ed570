/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* What of the network is logged: a line for each request that was answered, and with log-level=packets the line of each
 * request and each packet, without what log_redact() takes out. */

#include "tools/call-server/log.h"
#include "tools/call-server/transport-private.h"

#include <string.h>

#define SHOWN_SID 6 /* characters: enough to tell sessions apart, and the rest of the sid still cannot be guessed */

static char *
query_text (TransportRequest *request)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "%c%s=%s", text->len == 0 ? '?' : '&', (char *) name, (char *) value);
  return g_string_free (text, FALSE);
}

void
transport_log_request (TransportRequest *request)
{
  g_autofree char *query = NULL, *line = NULL, *shown = NULL;

  if (!log_wants (LOG_PACKETS))
    return;
  query = query_text (request);
  line = g_strconcat (transport_request_method (request), " ", request->path != NULL ? request->path : "", query, NULL);
  shown = log_redact (line, -1);
  log_event (LOG_PACKETS, "http", shown, "address", request->address, NULL);
}

/* The requests of Engine.IO say little: their packets do. */
void
transport_log_answer (TransportRequest *request, guint status)
{
  LogLevel level = request->engine ? LOG_DEBUG : LOG_INFO;
  const char *path = request->route != NULL ? request->route : request->path != NULL ? request->path : "";
  g_autofree char *message = NULL, *shown = NULL;
  char code[12], ms[24];

  if (!log_wants (level))
    return;
  shown = request->route != NULL ? g_strdup (path) : log_redact (path, -1);
  message = g_strconcat (transport_request_method (request), " ", shown, NULL);
  g_snprintf (code, sizeof code, "%u", status);
  g_snprintf (ms, sizeof ms, "%" G_GUINT64_FORMAT, (guint64) (transport_request_age (request) * 1000));
  log_event (level, "http", message, "method", log_is_json () ? transport_request_method (request) : NULL, "path",
      log_is_json () ? shown : NULL, "status", code, "ms", ms, "user", request->user, "address", request->address,
      NULL);
}

void
transport_log_packet (const EngineSession *session, const char *direction, const EngineioPacket *packet)
{
  gsize length = g_bytes_get_size (packet->data);
  g_autofree char *text = NULL, *shown = NULL;
  char sid[SHOWN_SID + 1];

  if (!log_wants (LOG_PACKETS))
    return;
  g_strlcpy (sid, session->sid, sizeof sid);
  if (packet->binary)
    shown = g_strdup_printf ("%s binary, %" G_GSIZE_FORMAT " bytes", direction, length);
  else {
    text = log_redact (length > 0 ? g_bytes_get_data (packet->data, NULL) : "", (gssize) length);
    shown = g_strdup_printf ("%s %d%s", direction, packet->type, text);
  }
  log_event (LOG_PACKETS, "packet", shown, "session", sid, "address", session->address, NULL);
}

void
transport_request_set_route (TransportRequest *request, const char *route)
{
  request->route = route;
}

void
transport_request_set_user (TransportRequest *request, const char *user_id)
{
  g_free (request->user);
  request->user = g_strdup (user_id);
}
