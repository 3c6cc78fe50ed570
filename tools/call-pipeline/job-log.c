/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "job-log.h"

#include <string.h>

void
job_log_init (JobLog *log, const char *secret)
{
  g_queue_init (&log->lines);
  log->secret = g_strdup (secret);
}

void
job_log_clear (JobLog *log)
{
  g_queue_clear_full (&log->lines, g_free);
  g_clear_pointer (&log->secret, g_free);
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || c == '.';
}

/* A JWT begins with the base64 of `{"`. */
static void
hide_tokens (GString *text)
{
  for (gsize at = 0; at + 3 <= text->len; at++) {
    gsize end = at;
    if (strncmp (text->str + at, "eyJ", 3) != 0)
      continue;
    while (end < text->len && is_token_char (text->str[end]))
      end++;
    g_string_erase (text, at, end - at);
    g_string_insert (text, at, "(token)");
  }
}

char *
job_log_redact (const char *text, const char *secret)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (valid);

  if (secret != NULL && *secret != '\0')
    g_string_replace (out, secret, "(token)", 0);
  hide_tokens (out);
  for (char *at = out->str; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return g_string_free (out, FALSE);
}

void
job_log_add (JobLog *log, const char *line)
{
  char *text = job_log_redact (line, log->secret);

  if (strlen (text) > JOB_LOG_LINE) {
    char *end = g_utf8_find_prev_char (text, text + JOB_LOG_LINE);
    *end = '\0';
  }
  g_queue_push_tail (&log->lines, text);
  while (log->lines.length > JOB_LOG_LINES)
    g_free (g_queue_pop_head (&log->lines));
}

void
job_lines_init (JobLines *lines)
{
  lines->rest = g_string_new (NULL);
  lines->skipping = FALSE;
}

void
job_lines_clear (JobLines *lines)
{
  g_string_free (lines->rest, TRUE);
}

void
job_lines_flush (JobLines *lines, JobLineFunc func, gpointer user_data)
{
  if (lines->rest->len > 0 && !lines->skipping)
    func (lines->rest->str, user_data);
  g_string_truncate (lines->rest, 0);
  lines->skipping = FALSE;
}

static void
take (JobLines *lines, const char *bytes, gsize length, JobLineFunc func, gpointer user_data)
{
  gsize room = JOB_LINE_MAX - lines->rest->len;

  if (lines->skipping)
    return;
  /* A line of a program ends at a NUL, too. */
  g_string_append_len (lines->rest, bytes, (gssize) MIN (strnlen (bytes, length), room));
  if (length <= room)
    return;
  job_lines_flush (lines, func, user_data);
  lines->skipping = TRUE;
}

void
job_lines_push (JobLines *lines, const char *bytes, gsize length, JobLineFunc func, gpointer user_data)
{
  const char *end;

  while ((end = memchr (bytes, '\n', length)) != NULL) {
    gsize line = end - bytes;
    take (lines, bytes, line, func, user_data);
    job_lines_flush (lines, func, user_data);
    bytes += line + 1;
    length -= line + 1;
  }
  take (lines, bytes, length, func, user_data);
}
