/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* bot SERVER: answers a call with a tone, whose pitch the caller chooses with keys; # hangs up.
 *
 *   cc bot.c -o bot $(pkg-config --cflags --libs gstreamer-1.0)
 *   GST_CALL_TOKEN=... ./bot http://127.0.0.1:8080
 *
 * Nothing of GstCall is linked: elements, action signals and messages on the bus are all there is. */

#include <gst/gst.h>

#define HASH 11 /* as a dtmf-event counts: 0 to 9, then * and # */

typedef struct
{
  GMainLoop *loop;
  GstElement *call;  /* callsink: any element of the call would do */
  GstElement *voice; /* what the caller hears */
  int status;
} Bot;

static void
sound (Bot *bot, double frequency)
{
  g_object_set (bot->voice, "freq", frequency, "volume", 0.5, NULL);
}

static void
on_state (Bot *bot, const GstStructure *message)
{
  const char *state = gst_structure_get_string (message, "state");

  g_print ("%s\n", state);
  if (g_str_equal (state, "connected"))
    sound (bot, 440);
}

static void
on_key (Bot *bot, const GstStructure *message)
{
  gboolean pressed = FALSE;
  int number = 0;

  gst_structure_get (message, "number", G_TYPE_INT, &number, "start", G_TYPE_BOOLEAN, &pressed, NULL);
  if (!pressed)
    return;
  g_print ("key %d\n", number);
  if (number == HASH)
    g_signal_emit_by_name (bot->call, "hang-up");
  else
    sound (bot, 300 + 100 * number);
}

static void
on_element_message (Bot *bot, const GstStructure *message)
{
  if (gst_structure_has_name (message, "call-incoming")) {
    g_print ("%s calls\n", gst_structure_get_string (message, "peer"));
    g_signal_emit_by_name (bot->call, "answer", gst_structure_get_string (message, "call-id"));
  } else if (gst_structure_has_name (message, "call-state")) {
    on_state (bot, message);
  } else if (gst_structure_has_name (message, "dtmf-event")) {
    on_key (bot, message);
  }
}

static void
on_error (Bot *bot, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  g_printerr ("bot: %s\n", error->message);
  bot->status = 1;
  g_main_loop_quit (bot->loop);
}

/* On the main loop: here an element may be changed, and a call ended. */
static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Bot *bot = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      on_element_message (bot, gst_message_get_structure (message));
      break;
    case GST_MESSAGE_EOS: /* the call is over; on-end=wait would take the next one */
      g_main_loop_quit (bot->loop);
      break;
    case GST_MESSAGE_ERROR:
      on_error (bot, message);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static void
run (Bot *bot, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  gst_bus_add_watch (bus, on_message, bot);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (bot->loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  Bot bot = {0};

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("usage: bot SERVER (and the token in GST_CALL_TOKEN)\n");
    return 2;
  }
  pipeline = gst_parse_launch ("callsink name=out  audiotestsrc name=voice is-live=true volume=0 ! out.audio_0 "
                               "callsrc name=in  in.audio_0 ! fakesink",
      &error);
  if (pipeline == NULL) {
    g_printerr ("bot: %s\n", error->message);
    return 1;
  }
  bot.loop = g_main_loop_new (NULL, FALSE);
  bot.call = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  bot.voice = gst_bin_get_by_name (GST_BIN (pipeline), "voice");
  g_object_set (bot.call, "server", argv[1], NULL);
  run (&bot, pipeline);
  gst_object_unref (bot.call);
  gst_object_unref (bot.voice);
  g_main_loop_unref (bot.loop);
  return bot.status;
}
