/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* recordline [OPTION...] LINE: runs a launch line whose media can be told again in a recording of it, and says on
 * stdout, a line each: "playing WALL" (s since 1970 of running time 0), "recording STATE FILE DURATION BYTES REASON",
 * "call STATE", "error TEXT", "eos".
 *
 * Elements of the line get marks of tests/content/marks.h by their names: frames... a number in each picture,
 * flashes... and beeps... one at each whole second. Options, each of which may be given for several elements:
 *
 *   --drop=NAME:MS-MS          what leaves the element's source pad in that time (of its timestamps) is lost
 *   --set=NAME:MS:PROPERTY=V   when that time is reached
 *   --log=NAME:FILE            the SHA-256 of each buffer that leaves it, a line each
 *
 * On stdin: "set NAME PROPERTY VALUE", "eos". SIGTERM and SIGINT: EOS, and the end when it has arrived. The exit code
 * is 1 after an error. */

#include "tests/content/marks.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#define LAST_WORDS_MS 1000 /* what is said after an error */

typedef struct
{
  GstElement *pipeline;
  GMainLoop *loop;
  int exit_code;
} Line;

typedef struct
{
  char *name;
  GstClockTime from, to;
  char *property, *value;
  FILE *file;
} Action;

static char **drops, **sets, **logs;

static const GOptionEntry OPTIONS[] = {{"drop", 0, 0, G_OPTION_ARG_STRING_ARRAY, &drops, NULL, "NAME:MS-MS"},
    {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets, NULL, "NAME:MS:PROPERTY=VALUE"},
    {"log", 0, 0, G_OPTION_ARG_STRING_ARRAY, &logs, NULL, "NAME:FILE"}, {NULL}};

G_GNUC_PRINTF (1, 2)
static void
say (const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  fflush (stdout);
}

/* ---- what is done to buffers ---- */

static void
action_free (gpointer data)
{
  Action *action = data;
  if (action->file != NULL)
    fclose (action->file);
  g_free (action->name);
  g_free (action->property);
  g_free (action->value);
  g_free (action);
}

static GstPadProbeReturn
drop_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Action *action = data;
  GstClockTime time = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
  return time >= action->from && time < action->to ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
set_property (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Action *action = data;
  if (GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info)) < action->from)
    return GST_PAD_PROBE_OK;
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  gst_util_set_object_arg (G_OBJECT (element), action->property, action->value);
  return GST_PAD_PROBE_REMOVE;
}

static GstPadProbeReturn
log_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const Action *action = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  fprintf (action->file, "%s %" G_GUINT64_FORMAT "\n", sum, GST_BUFFER_PTS (buffer));
  return GST_PAD_PROBE_OK;
}

/* @pad_name: the side on which the element sees what it is about. */
static void
add_action (Line *line, Action *action, GstPadProbeCallback callback, const char *pad_name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (line->pipeline), action->name);
  if (element == NULL)
    g_error ("no element %s", action->name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, action, action_free);
}

/* NAME:REST. */
static Action *
action_new (const char *option, const char **rest)
{
  Action *action = g_new0 (Action, 1);
  const char *colon = strchr (option, ':');
  if (colon == NULL)
    g_error ("%s: wants NAME:...", option);
  action->name = g_strndup (option, colon - option);
  *rest = colon + 1;
  return action;
}

static void
add_drop (Line *line, const char *option)
{
  const char *rest;
  char *end;
  Action *action = action_new (option, &rest);
  action->from = g_ascii_strtoull (rest, &end, 10) * GST_MSECOND;
  action->to = g_ascii_strtoull (end + 1, NULL, 10) * GST_MSECOND;
  add_action (line, action, drop_buffer, "src");
}

static void
add_set (Line *line, const char *option)
{
  const char *rest;
  char *end;
  Action *action = action_new (option, &rest);
  action->from = g_ascii_strtoull (rest, &end, 10) * GST_MSECOND;
  const char *equals = strchr (end, '=');
  action->property = g_strndup (end + 1, equals - end - 1);
  action->value = g_strdup (equals + 1);
  add_action (line, action, set_property, "sink");
}

static void
add_log (Line *line, const char *option)
{
  const char *rest;
  Action *action = action_new (option, &rest);
  action->file = fopen (rest, "w");
  setvbuf (action->file, NULL, _IOLBF, 0); /* what a killed process had logged is there */
  add_action (line, action, log_buffer, "src");
}

static void
add_options (Line *line)
{
  for (char **option = drops; option != NULL && *option != NULL; option++)
    add_drop (line, *option);
  for (char **option = sets; option != NULL && *option != NULL; option++)
    add_set (line, *option);
  for (char **option = logs; option != NULL && *option != NULL; option++)
    add_log (line, *option);
}

/* The numbers come last, so that a flash does not wipe them out. */
static void
add_marks (Line *line)
{
  static const struct
  {
    const char *prefix;
    void (*mark) (GstElement *pipeline, const char *element);
  } rows[] = {{"flashes", mark_flashes}, {"beeps", mark_beeps}, {"frames", mark_frames}};
  GstIterator *all = gst_bin_iterate_recurse (GST_BIN (line->pipeline));
  g_auto (GValue) value = G_VALUE_INIT;
  while (gst_iterator_next (all, &value) == GST_ITERATOR_OK) {
    const char *name = GST_OBJECT_NAME (g_value_get_object (&value));
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
      if (g_str_has_prefix (name, rows[i].prefix))
        rows[i].mark (line->pipeline, name);
    }
    g_value_reset (&value);
  }
  gst_iterator_free (all);
}

/* ---- what it says, and is told ---- */

static void
say_recording (const GstStructure *structure)
{
  const char *reason = gst_structure_get_string (structure, "reason");
  guint64 duration = 0, bytes = 0;
  gst_structure_get (structure, "duration", G_TYPE_UINT64, &duration, "bytes", G_TYPE_UINT64, &bytes, NULL);
  say ("recording %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n",
      gst_structure_get_string (structure, "state"), gst_structure_get_string (structure, "file"), duration, bytes,
      reason != NULL ? reason : "-");
}

static void
say_state (Line *line, GstMessage *message)
{
  GstState now;
  gst_message_parse_state_changed (message, NULL, &now, NULL);
  if (GST_MESSAGE_SRC (message) != GST_OBJECT (line->pipeline) || now != GST_STATE_PLAYING)
    return;
  g_autoptr (GstClock) clock = gst_element_get_clock (line->pipeline);
  gint64 running = (gint64) (gst_clock_get_time (clock) - gst_element_get_base_time (line->pipeline));
  say ("playing %.6f\n", g_get_real_time () / 1e6 - running / 1e9);
}

static gboolean
quit (gpointer data)
{
  Line *line = data;
  g_main_loop_quit (line->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Line *line = data;
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_structure_has_name (structure, "call-recording"))
        say_recording (structure);
      else if (gst_structure_has_name (structure, "call-state"))
        say ("call %s\n", gst_structure_get_string (structure, "state"));
      break;
    case GST_MESSAGE_STATE_CHANGED:
      say_state (line, message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      say ("error %s\n", error->message);
      line->exit_code = 1;
      g_timeout_add (LAST_WORDS_MS, quit, line);
      break;
    case GST_MESSAGE_EOS:
      say ("eos\n");
      g_main_loop_quit (line->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
end_stream (gpointer data)
{
  Line *line = data;
  gst_element_send_event (line->pipeline, gst_event_new_eos ());
  return G_SOURCE_CONTINUE;
}

static void
obey (Line *line, const char *command)
{
  g_auto (GStrv) words = g_strsplit (command, " ", 4);
  if (g_strcmp0 (words[0], "eos") == 0)
    end_stream (line);
  if (g_strcmp0 (words[0], "set") != 0 || g_strv_length (words) < 4)
    return;
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (line->pipeline), words[1]);
  gst_util_set_object_arg (G_OBJECT (element), words[2], words[3]);
}

static gboolean
on_stdin (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  g_autofree char *text = NULL;
  if (g_io_channel_read_line (channel, &text, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;
  obey (data, g_strchomp (text));
  return G_SOURCE_CONTINUE;
}

static int
run (Line *line)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (line->pipeline);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  line->loop = g_main_loop_new (NULL, FALSE);
  gst_bus_add_watch (bus, on_message, line);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_stdin, line);
  g_unix_signal_add (SIGTERM, end_stream, line);
  g_unix_signal_add (SIGINT, end_stream, line);
  if (gst_element_set_state (line->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    line->exit_code = 1; /* its error is on the bus */
  g_main_loop_run (line->loop);
  gst_element_set_state (line->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  g_main_loop_unref (line->loop);
  return line->exit_code;
}

int
main (int argc, char **argv)
{
  Line line = {0};
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("LINE");
  g_option_context_add_main_entries (context, OPTIONS, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2) {
    g_printerr ("recordline: %s\n", error != NULL ? error->message : "wants one launch line");
    return 2;
  }
  line.pipeline = gst_parse_launch (argv[1], &error);
  if (error != NULL) {
    g_printerr ("recordline: %s\n", error->message);
    return 2;
  }
  add_options (&line);
  add_marks (&line);
  int code = run (&line);
  gst_object_unref (line.pipeline);
  return code;
}
