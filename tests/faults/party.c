/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* party LINE: runs a launch line and says on stdout, a line each, what a test wants to know of it:
 *
 *   state PLAYING                                        of the pipeline
 *   call connected connecting CALL-ID REASON             each call-state message
 *   level -20                                            dB, of each message of an element `level`
 *   media PAD BUFFERS BACK LAG EOS STATE                 of callsrc's pads, ten times a second: buffers so far, those
 *                                                        with a timestamp before the last one's, how many ms the last
 *                                                        timestamp is behind the clock, ends of stream; property state
 *   call-error TEXT, error TEXT, eos, stopped
 *
 * On stdin it takes `hang-up`, `send-dtmf DIGITS` and `quit`; the end of stdin is quit too. Exit code 1 after an error,
 * else 0. */

#include <gst/gst.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 100
/* Ending takes at most the session's own bounds; a test that sees SIGALRM has found a hang. */
#define STOP_TIMEOUT_S 12

typedef struct
{
  GstElement *pipeline;
  GstElement *member; /* has the call's properties and signals */
  GMainLoop *loop;
  GMutex lock;        /* for this: */
  GPtrArray *watches; /* (element-type Watch) */
  int exit_code;
} Party;

typedef struct
{
  char *name;
  GstPad *pad;
  Party *party;
  GMutex lock;
  guint buffers;
  guint back;
  guint ends;
  GstClockTime last;
  gint64 lag_ms;
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  gst_object_unref (watch->pad);
  g_mutex_clear (&watch->lock);
  g_free (watch->name);
  g_free (watch);
}

static GstClockTime
running_time (const Watch *watch, GstClockTime pts)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (watch->pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (event == NULL)
    return GST_CLOCK_TIME_NONE;
  gst_event_parse_segment (event, &segment);
  return gst_segment_to_running_time (segment, GST_FORMAT_TIME, pts);
}

static void
note_buffer (Watch *watch, GstBuffer *buffer)
{
  GstClockTime time = running_time (watch, GST_BUFFER_PTS (buffer));
  GstClockTime now = gst_element_get_current_running_time (watch->party->pipeline);

  g_mutex_lock (&watch->lock);
  watch->buffers++;
  if (!GST_CLOCK_TIME_IS_VALID (time) || (watch->buffers > 1 && time < watch->last))
    watch->back++;
  watch->last = time;
  watch->lag_ms = GST_CLOCK_DIFF (time, now) / (gint64) GST_MSECOND;
  g_mutex_unlock (&watch->lock);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Watch *watch = user_data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    note_buffer (watch, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    g_atomic_int_inc ((gint *) &watch->ends);
  return GST_PAD_PROBE_OK;
}

static void
watch_pad (Party *party, GstPad *pad)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->name = gst_pad_get_name (pad);
  watch->pad = gst_object_ref (pad);
  watch->party = party;
  g_mutex_init (&watch->lock);
  g_mutex_lock (&party->lock);
  g_ptr_array_add (party->watches, watch);
  g_mutex_unlock (&party->lock);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, watch, NULL);
}

static void
on_pad_added (GstElement *element, GstPad *pad, Party *party)
{
  if (GST_PAD_IS_SRC (pad))
    watch_pad (party, pad);
}

static void
find_members (Party *party)
{
  GstIterator *elements = gst_bin_iterate_elements (GST_BIN (party->pipeline));
  GValue item = G_VALUE_INIT;

  while (gst_iterator_next (elements, &item) == GST_ITERATOR_OK) {
    GstElement *element = g_value_get_object (&item);
    if (g_signal_lookup ("hang-up", G_OBJECT_TYPE (element)) != 0) {
      party->member = element;
      g_signal_connect (element, "pad-added", G_CALLBACK (on_pad_added), party);
    }
    g_value_reset (&item);
  }
  g_value_unset (&item);
  gst_iterator_free (elements);
}

static const char *
or_dash (const char *text)
{
  return text != NULL && *text != '\0' ? text : "-";
}

static gboolean
on_tick (gpointer user_data)
{
  Party *party = user_data;
  g_autofree char *state = NULL;
  GValue value = G_VALUE_INIT;

  g_object_get_property (G_OBJECT (party->member), "state", &value);
  state = gst_value_serialize (&value);
  g_value_unset (&value);
  g_mutex_lock (&party->lock);
  for (guint i = 0; i < party->watches->len; i++) {
    Watch *watch = g_ptr_array_index (party->watches, i);
    g_mutex_lock (&watch->lock);
    printf ("media %s %u %u %" G_GINT64_FORMAT " %d %s\n", watch->name, watch->buffers, watch->back, watch->lag_ms,
        g_atomic_int_get ((gint *) &watch->ends), state);
    g_mutex_unlock (&watch->lock);
  }
  g_mutex_unlock (&party->lock);
  return G_SOURCE_CONTINUE;
}

static void
say_level (const GstStructure *structure)
{
  const GValue *rms = gst_structure_get_value (structure, "rms");
  GValueArray *values = rms != NULL ? g_value_get_boxed (rms) : NULL;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  if (values != NULL && values->n_values > 0)
    printf ("level %.0f\n", MAX (-200.0, g_value_get_double (g_value_array_get_nth (values, 0))));
  G_GNUC_END_IGNORE_DEPRECATIONS
}

static void
say_element (const GstStructure *structure)
{
  if (gst_structure_has_name (structure, "call-state"))
    printf ("call %s %s %s %s\n", gst_structure_get_string (structure, "state"),
        gst_structure_get_string (structure, "previous"), or_dash (gst_structure_get_string (structure, "call-id")),
        or_dash (gst_structure_get_string (structure, "reason")));
  else if (gst_structure_has_name (structure, "call-error"))
    printf ("call-error %s\n", gst_structure_get_string (structure, "message"));
  else if (gst_structure_has_name (structure, "call-ready"))
    printf ("call-ready\n");
  else if (gst_structure_has_name (structure, "level"))
    say_level (structure);
}

static void
say_error (Party *party, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  printf ("error %s\n", error->message);
  party->exit_code = 1;
  g_main_loop_quit (party->loop);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Party *party = user_data;
  GstState state;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      say_element (gst_message_get_structure (message));
      break;
    case GST_MESSAGE_STATE_CHANGED:
      gst_message_parse_state_changed (message, NULL, &state, NULL);
      if (message->src == GST_OBJECT (party->pipeline))
        printf ("state %s\n", gst_element_state_get_name (state));
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (party->pipeline));
      break;
    case GST_MESSAGE_ERROR:
      say_error (party, message);
      break;
    case GST_MESSAGE_EOS:
      printf ("eos\n");
      g_main_loop_quit (party->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_command (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Party *party = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL
      || g_str_has_prefix (line, "quit")) {
    g_main_loop_quit (party->loop);
    return G_SOURCE_REMOVE;
  }
  if (g_str_has_prefix (line, "hang-up"))
    g_signal_emit_by_name (party->member, "hang-up");
  if (g_str_has_prefix (line, "send-dtmf "))
    g_signal_emit_by_name (party->member, "send-dtmf", g_strchomp (line + strlen ("send-dtmf ")), 100, 70);
  return G_SOURCE_CONTINUE;
}

static void
run (Party *party)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (party->pipeline);
  g_autoptr (GIOChannel) commands = g_io_channel_unix_new (STDIN_FILENO);
  guint tick = g_timeout_add (TICK_MS, on_tick, party);

  gst_bus_add_watch (bus, on_message, party);
  g_io_add_watch (commands, G_IO_IN | G_IO_HUP, on_command, party);
  gst_element_set_state (party->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (party->loop);
  g_source_remove (tick);
  gst_bus_remove_watch (bus);
  alarm (STOP_TIMEOUT_S);
  gst_element_set_state (party->pipeline, GST_STATE_NULL);
  alarm (0);
  printf ("stopped\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Party party = {.watches = g_ptr_array_new_with_free_func (watch_free)};

  g_mutex_init (&party.lock);
  setvbuf (stdout, NULL, _IOLBF, 0);
  gst_init (&argc, &argv);
  if (argc == 2)
    party.pipeline = gst_parse_launch (argv[1], &error);
  if (party.pipeline == NULL) {
    printf ("error %s\n", error != NULL ? error->message : "usage: party LINE");
    return 2;
  }
  party.loop = g_main_loop_new (NULL, FALSE);
  find_members (&party);
  run (&party);
  g_main_loop_unref (party.loop);
  gst_object_unref (party.pipeline);
  g_ptr_array_unref (party.watches);
  return party.exit_code;
}
