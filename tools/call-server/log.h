/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The log, on stderr, a line for each thing that happened:
 *
 *   text   2026-11-22T21:05:07.123Z info http: GET /api/calls/:id status=200 ms=2 user=alice
 *   json   {"time":"2026-11-22T21:05:07.123Z","level":"info","module":"http","message":"GET ...","status":"200",...}
 *
 * g_warning(), g_info() and g_debug() end here too, with the file's name as the module. Under systemd each line begins
 * with its priority, as the journal wants it. Any thread may log. */

typedef enum
{
  LOG_ERROR,
  LOG_WARNING,
  LOG_INFO,
  LOG_DEBUG,
  LOG_PACKETS
} LogLevel; /* in the order of setting log-level */

typedef enum
{
  LOG_TEXT,
  LOG_JSON
} LogFormat; /* in the order of setting log-format */

void log_open (LogLevel level, LogFormat format); /* until then: warnings, as text */
gboolean log_wants (LogLevel level);
gboolean log_is_json (void); /* fields may repeat what the message says */
/* After @message: names and values of fields, NULL at the end; a field whose value is NULL is left out. */
void log_event (LogLevel level, const char *module, const char *message, ...) G_GNUC_NULL_TERMINATED;

/* @text without what nobody may learn from a log: tokens, TURN credentials, ICE passwords, session ids. Cut where it is
 * longer than the log needs. */
char *log_redact (const char *text, gssize length);

G_END_DECLS
