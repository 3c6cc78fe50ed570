/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "tools/call-server/log.h"

#include "gst/core/jsontext.h"
#include "tools/call-server/systemd.h"

#include <string.h>
#include <unistd.h>

static const char *const names[] = {"error", "warning", "info", "debug", "packets"};
static const int priorities[] = {3, 4, 6, 7, 7}; /* syslog's */

static LogLevel wanted = LOG_WARNING;
static LogFormat format = LOG_TEXT;
static gboolean journal;

gboolean
log_wants (LogLevel level)
{
  return level <= wanted;
}

gboolean
log_is_json (void)
{
  return format == LOG_JSON;
}

/* ---- a line ---- */

static void
append_json (GString *line, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  g_string_append_c (line, line->str[line->len - 1] == '{' ? '"' : ',');
  if (line->str[line->len - 1] == ',')
    g_string_append_c (line, '"');
  g_string_append_printf (line, "%s\":", name);
  json_append_quoted (line, valid);
}

/* What a client sent may hold line breaks and terminal controls. */
static void
append_text (GString *line, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (g_unichar_isprint (c))
      g_string_append_unichar (line, c);
    else
      g_string_append_printf (line, "\\u%04x", c);
  }
}

static void
append_field (GString *line, const char *name, const char *value)
{
  if (format == LOG_JSON) {
    append_json (line, name, value);
    return;
  }
  g_string_append_printf (line, " %s=", name);
  if (strpbrk (value, " \"=") != NULL || *value == '\0')
    json_append_quoted (line, value);
  else
    append_text (line, value);
}

static GString *
begin_line (LogLevel level, const char *module, const char *message)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *seconds = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *time = g_strdup_printf ("%s.%03dZ", seconds, g_date_time_get_microsecond (now) / 1000);
  GString *line = g_string_sized_new (256);
  if (journal)
    g_string_append_printf (line, "<%d>", priorities[level]);
  if (format == LOG_JSON) {
    g_string_append_c (line, '{');
    append_json (line, "time", time);
    append_json (line, "level", names[level]);
    append_json (line, "module", module);
    append_json (line, "message", message);
  } else {
    g_string_append_printf (line, "%s %s %s: ", time, names[level], module);
    append_text (line, message);
  }
  return line;
}

/* In one write(), so that the lines of two threads do not mix. */
static void
end_line (GString *line)
{
  gsize done = 0;
  g_string_append (line, format == LOG_JSON ? "}\n" : "\n");
  while (done < line->len) {
    gssize written = write (STDERR_FILENO, line->str + done, line->len - done);
    if (written <= 0)
      break;
    done += (gsize) written;
  }
  g_string_free (line, TRUE);
}

void
log_event (LogLevel level, const char *module, const char *message, ...)
{
  va_list args;
  const char *name;
  if (!log_wants (level))
    return;
  GString *line = begin_line (level, module, message);
  va_start (args, message);
  while ((name = va_arg (args, const char *)) != NULL) {
    const char *value = va_arg (args, const char *);
    if (value != NULL)
      append_field (line, name, value);
  }
  va_end (args);
  end_line (line);
}

/* ---- GLib's ---- */

static LogLevel
level_of (GLogLevelFlags flags)
{
  if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return LOG_ERROR;
  if (flags & G_LOG_LEVEL_WARNING)
    return LOG_WARNING;
  return flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO) ? LOG_INFO : LOG_DEBUG;
}

static const char *
field_of (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, key) && fields[i].length == -1)
      return fields[i].value;
  }
  return NULL;
}

static GLogWriterOutput
write_glib (GLogLevelFlags flags, const GLogField *fields, gsize n_fields, gpointer data)
{
  LogLevel level = level_of (flags);
  const char *message = field_of (fields, n_fields, "MESSAGE"), *file = field_of (fields, n_fields, "CODE_FILE");
  const char *domain = field_of (fields, n_fields, "GLIB_DOMAIN");
  if (!log_wants (level))
    return G_LOG_WRITER_HANDLED;
  g_autofree char *module = file != NULL ? g_path_get_basename (file) : g_strdup (domain != NULL ? domain : "server");
  if (g_str_has_suffix (module, ".c"))
    module[strlen (module) - 2] = '\0';
  log_event (level, module, message != NULL ? message : "", NULL);
  return G_LOG_WRITER_HANDLED;
}

void
log_open (LogLevel level, LogFormat new_format)
{
  wanted = level;
  format = new_format;
  journal = systemd_has_journal (STDERR_FILENO);
  g_log_set_writer_func (write_glib, NULL, NULL);
}
