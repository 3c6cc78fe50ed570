/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* puppet LINE: runs a launch line that does what a person would do to it in mid-call. A line on stdin, `ELEMENT
 * PROPERTY VALUE`, sets a property; the end of stdin ends the program. Call states come out as gst-call-pipeline --json
 * has them, and `set ELEMENT PROPERTY VALUE` when it is done. */

#include <gst/gst.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  GstElement *pipeline;
  GMainLoop *loop;
  int status;
} Puppet;

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Puppet *self = user_data;
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT && gst_structure_has_name (structure, "call-state")) {
    printf ("{\"event\":\"call-state\",\"call-id\":\"%s\",\"state\":\"%s\"}\n",
        gst_structure_get_string (structure, "call-id"), gst_structure_get_string (structure, "state"));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    printf ("error: %s\n", error->message);
    self->status = 1;
    g_main_loop_quit (self->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    g_main_loop_quit (self->loop);
  }
  return G_SOURCE_CONTINUE;
}

static void
obey (Puppet *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autoptr (GstElement) element = NULL;

  if (g_strv_length (words) == 3)
    element = gst_bin_get_by_name (GST_BIN (self->pipeline), words[0]);
  if (element == NULL) {
    printf ("error: not ELEMENT PROPERTY VALUE: %s\n", line);
    return;
  }
  gst_util_set_object_arg (G_OBJECT (element), words[1], words[2]);
  printf ("set %s\n", line);
}

static gboolean
on_stdin (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Puppet *self = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    obey (self, g_strchomp (line));
    return G_SOURCE_CONTINUE;
  }
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  Puppet self = {0};
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);
  g_autoptr (GstBus) bus = NULL;

  gst_init (&argc, &argv);
  setvbuf (stdout, NULL, _IOLBF, 0);
  self.pipeline = argc == 2 ? gst_parse_launch (argv[1], &error) : NULL;
  if (self.pipeline == NULL || error != NULL) {
    g_printerr ("puppet LINE: %s\n", error != NULL ? error->message : "one argument");
    return 2;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, on_message, &self);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_stdin, &self);
  gst_element_set_state (self.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self.loop);
  alarm (15); /* a pipeline that does not stop */
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return self.status;
}
