/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* Pads to recorder: timestamps become running times, caps become formats, tags tell the call, errors of files become
 * those of an element. */

#include "gst/callrecord/recordwriter.h"

#include <gst/video/video.h>
#include <string.h>

#include "calltags.h"
#include "gst/callrecord/recordformat.h"
#include "gst/callrecord/recordtime.h"

GST_DEBUG_CATEGORY_EXTERN (callrecord_debug);
#define GST_CAT_DEFAULT callrecord_debug

#define AHEAD_MAX (10 * GST_SECOND)

typedef struct
{
  GstSegment segment;
  gboolean video, ended, complained;
  gboolean reordered; /* its codec may decode pictures earlier than it shows them; what others have as DTS is arrival */
  gint asked_latency; /* atomic */
  gboolean live;      /* what comes keeps time */
  guint track;        /* in the recorder, which is made later than the pad */
  gboolean has_track;
  char *name;
} WriterPad;

struct _GstCallRecordWriter
{
  GstElement parent;

  RecorderSettings settings;
  /* From PAUSED on. A streaming thread that brings buffers has it until its pad is inactive; whoever else asks, at any
   * time, holds the gate. */
  Recorder *recorder;
  GRWLock gate;
  RecorderFigures figures; /* of the recorder that was the last; under the gate */
  guint32 eos_seqnum;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("track_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS ("audio/x-opus; video/x-vp8; video/x-vp9; "
                     "video/x-h264, stream-format=(string)avc, alignment=(string)au"));

G_DEFINE_FINAL_TYPE (GstCallRecordWriter, gst_call_record_writer, GST_TYPE_ELEMENT)

static void
writer_pad_free (gpointer data)
{
  WriterPad *self = data;

  g_free (self->name);
  g_free (self);
}

static WriterPad *
get_writer_pad (GstPad *pad)
{
  return gst_pad_get_element_private (pad);
}

/* ---- events ---- */

static gboolean
take_caps (GstCallRecordWriter *self, WriterPad *pad, GstEvent *event)
{
  RecordTrack format = {0};
  GstCaps *caps;
  gboolean taken;

  gst_event_parse_caps (event, &caps);
  pad->reordered = gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-h264");
  taken = record_format_from_caps (caps, pad->video, &format);
  if (taken && !self->settings.container->takes (format.codec)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
        ("container=%s cannot hold %s.", self->settings.container->name,
            gst_structure_get_name (gst_caps_get_structure (caps, 0))),
        ("Use container=matroska, or feed another codec."));
    taken = FALSE;
  }
  if (taken && self->recorder != NULL)
    recorder_set_format (self->recorder, pad->track, &format);
  g_clear_pointer (&format.private_data, g_bytes_unref);
  return taken;
}

static void
take_tags (GstCallRecordWriter *self, WriterPad *pad, GstEvent *event)
{
  g_autofree char *call_id = NULL, *peer = NULL, *peer_name = NULL;
  GstTagList *tags;

  gst_event_parse_tag (event, &tags);
  if (call_tags_read (tags, &call_id, &peer, &peer_name))
    recorder_set_call (self->recorder, pad->track, call_id, peer, peer_name);
}

/* What callsrc says besides the stream. Under the gate. */
static void
take_word (GstCallRecordWriter *self, WriterPad *pad, GstEvent *event)
{
  const GstStructure *structure = gst_event_get_structure (event);

  if (self->recorder == NULL || !pad->has_track)
    return;
  if (structure != NULL && gst_structure_has_name (structure, "call-quality"))
    recorder_set_quality (self->recorder, pad->track, gst_structure_copy (structure));
  else if (structure != NULL && gst_structure_has_name (structure, "call-ended"))
    recorder_end_call (self->recorder, pad->track, gst_structure_get_string (structure, "call-id"));
}

static void
end_track (GstCallRecordWriter *self, WriterPad *pad)
{
  gboolean first;

  GST_OBJECT_LOCK (self);
  first = !pad->ended;
  pad->ended = TRUE;
  GST_OBJECT_UNLOCK (self);
  g_rw_lock_reader_lock (&self->gate);
  if (first && pad->has_track && self->recorder != NULL)
    recorder_end_track (self->recorder, pad->track);
  g_rw_lock_reader_unlock (&self->gate);
}

static gboolean
writer_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (parent);
  WriterPad *writer_pad = get_writer_pad (pad);
  gboolean taken = TRUE;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      taken = take_caps (self, writer_pad, event);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &writer_pad->segment);
      break;
    case GST_EVENT_TAG:
      if (self->recorder != NULL)
        take_tags (self, writer_pad, event);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
      g_rw_lock_reader_lock (&self->gate);
      take_word (self, writer_pad, event);
      g_rw_lock_reader_unlock (&self->gate);
      break;
    case GST_EVENT_EOS:
      self->eos_seqnum = gst_event_get_seqnum (event);
      end_track (self, writer_pad);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return taken;
}

/* ---- buffers ---- */

static void
ask_latency (GstCallRecordWriter *self, GstPad *pad, WriterPad *writer_pad)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live;
  GstClockTime min;

  if (!gst_pad_peer_query (pad, query))
    return;
  gst_query_parse_latency (query, &live, &min, NULL);
  writer_pad->live = live;
  if (live)
    recorder_set_live (self->recorder, GST_CLOCK_TIME_IS_VALID (min) ? min : 0);
}

/* Whatever has no time has no place on the timeline: nothing is recorded, and somebody should know. */
static void
complain_of_times (GstCallRecordWriter *self, WriterPad *pad, GstBuffer *buffer)
{
  gboolean timed = GST_BUFFER_PTS_IS_VALID (buffer) || GST_BUFFER_DTS_IS_VALID (buffer);

  if (pad->complained || (timed && pad->segment.format == GST_FORMAT_TIME))
    return;
  pad->complained = TRUE;
  GST_ELEMENT_WARNING (self, STREAM, FORMAT, ("%s: what comes without timestamps is not recorded.", pad->name),
      ("Set do-timestamp=true in the source, or put a parser behind it."));
}

/* Nothing live is of a time to come. One such frame would make all that follows come too late. */
static gboolean
is_impossible (GstCallRecordWriter *self, const WriterPad *pad, GstClockTime time)
{
  GstClockTime now = pad->live ? gst_element_get_current_running_time (GST_ELEMENT (self)) : GST_CLOCK_TIME_NONE;

  if (!GST_CLOCK_TIME_IS_VALID (now) || time <= now || time - now <= AHEAD_MAX)
    return FALSE;
  GST_WARNING_OBJECT (self, "%s: %" GST_TIME_FORMAT " at %" GST_TIME_FORMAT " is dropped", pad->name,
      GST_TIME_ARGS (time), GST_TIME_ARGS (now));
  return TRUE;
}

static GstFlowReturn
writer_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (parent);
  WriterPad *writer_pad = get_writer_pad (pad);
  GstClockTime pts = record_time_shown (&writer_pad->segment, GST_BUFFER_PTS (buffer));
  GstClockTime dts =
      writer_pad->reordered ? record_time_decoded (&writer_pad->segment, GST_BUFFER_DTS (buffer)) : GST_CLOCK_TIME_NONE;

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    pts = record_time_shown (&writer_pad->segment, GST_BUFFER_DTS (buffer));
  if (self->recorder == NULL || !GST_CLOCK_TIME_IS_VALID (pts)) {
    complain_of_times (self, writer_pad, buffer);
    gst_buffer_unref (buffer);
    return self->recorder == NULL ? GST_FLOW_FLUSHING : GST_FLOW_OK;
  }
  if (g_atomic_int_compare_and_exchange (&writer_pad->asked_latency, FALSE, TRUE))
    ask_latency (self, pad, writer_pad);
  if (is_impossible (self, writer_pad, MIN (pts, dts))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  if (pts != GST_BUFFER_PTS (buffer) || dts != GST_BUFFER_DTS (buffer)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = pts;
    GST_BUFFER_DTS (buffer) = dts;
  }
  return recorder_push (self->recorder, writer_pad->track, buffer, writer_pad->live);
}

/* ---- what the recorder says ---- */

static void
on_message (GstStructure *structure, gpointer user_data)
{
  gst_element_post_message (user_data, gst_message_new_element (GST_OBJECT (user_data), structure));
}

static void
on_error (const GError *error, gpointer user_data)
{
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    GST_ELEMENT_ERROR (user_data, RESOURCE, NO_SPACE_LEFT, ("The disk is full: %s.", error->message),
        ("What was recorded until now plays. Make room, or record to another disk."));
  else if (error->domain == G_FILE_ERROR)
    GST_ELEMENT_ERROR (user_data, RESOURCE, OPEN_WRITE, ("Cannot record to %s.", error->message),
        ("Set location to a file in a folder that this user may write."));
  else
    GST_ELEMENT_ERROR (user_data, RESOURCE, WRITE, ("Cannot record: %s.", error->message), (NULL));
}

static void
on_ended (gpointer user_data)
{
  GstCallRecordWriter *self = user_data;
  GstMessage *message = gst_message_new_eos (GST_OBJECT (self));

  if (self->eos_seqnum != 0)
    gst_message_set_seqnum (message, self->eos_seqnum);
  gst_element_post_message (GST_ELEMENT (self), message);
}

static GstPad *
find_pad (GstCallRecordWriter *self, guint track)
{
  GstPad *found = NULL;

  GST_OBJECT_LOCK (self);
  for (GList *item = GST_ELEMENT (self)->sinkpads; item != NULL && found == NULL; item = item->next) {
    const WriterPad *pad = get_writer_pad (item->data);
    if (pad->has_track && pad->track == track)
      found = gst_object_ref (item->data);
  }
  GST_OBJECT_UNLOCK (self);
  return found;
}

static void
on_key_unit (guint track, gpointer user_data)
{
  g_autoptr (GstPad) pad = find_pad (user_data, track);

  if (pad != NULL)
    gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

static GstClockTime
on_now (gpointer user_data)
{
  GstElement *element = user_data;
  g_autoptr (GstClock) clock = gst_element_get_clock (element);
  GstClockTime base = gst_element_get_base_time (element), now;

  if (clock == NULL || !GST_CLOCK_TIME_IS_VALID (base) || GST_STATE (element) != GST_STATE_PLAYING)
    return GST_CLOCK_TIME_NONE;
  now = gst_clock_get_time (clock);
  return now >= base ? now - base : GST_CLOCK_TIME_NONE;
}

/* ---- states ---- */

/* With the gate closed for others. */
static void
register_pad (GstCallRecordWriter *self, WriterPad *pad)
{
  if (self->recorder == NULL || pad->has_track)
    return;
  pad->track = recorder_add_track (self->recorder, pad->name, pad->video);
  pad->has_track = TRUE;
  pad->ended = FALSE;
  g_atomic_int_set (&pad->asked_latency, FALSE);
}

static void
start (GstCallRecordWriter *self)
{
  static const RecorderCallbacks callbacks = {on_message, on_error, on_ended, on_key_unit, on_now};

  self->eos_seqnum = 0;
  g_rw_lock_writer_lock (&self->gate);
  recorder_figures_clear (&self->figures);
  self->recorder = recorder_new (&self->settings, &callbacks, self);
  GST_OBJECT_LOCK (self);
  for (GList *item = GST_ELEMENT (self)->sinkpads; item != NULL; item = item->next)
    register_pad (self, get_writer_pad (item->data));
  GST_OBJECT_UNLOCK (self);
  g_rw_lock_writer_unlock (&self->gate);
}

/* No pad is active any more. */
static void
finish (GstCallRecordWriter *self)
{
  Recorder *recorder = self->recorder;

  recorder_finish (recorder);
  g_rw_lock_writer_lock (&self->gate);
  recorder_get_figures (recorder, &self->figures);
  self->recorder = NULL;
  GST_OBJECT_LOCK (self);
  for (GList *item = GST_ELEMENT (self)->sinkpads; item != NULL; item = item->next)
    get_writer_pad (item->data)->has_track = FALSE;
  GST_OBJECT_UNLOCK (self);
  g_rw_lock_writer_unlock (&self->gate);
  recorder_free (recorder);
}

static GstStateChangeReturn
gst_call_record_writer_change_state (GstElement *element, GstStateChange transition)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    recorder_stop (self->recorder); /* so that no pad waits for it */
  ret = GST_ELEMENT_CLASS (gst_call_record_writer_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    finish (self);
  return ret;
}

/* The pipeline's latency has changed: what each pad's is may have, too. */
static gboolean
gst_call_record_writer_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_LATENCY)
    return GST_ELEMENT_CLASS (gst_call_record_writer_parent_class)->send_event (element, event);
  GST_OBJECT_LOCK (element);
  for (GList *item = element->sinkpads; item != NULL; item = item->next)
    g_atomic_int_set (&get_writer_pad (item->data)->asked_latency, FALSE);
  GST_OBJECT_UNLOCK (element);
  gst_event_unref (event);
  return TRUE;
}

static void
gst_call_record_writer_release_pad (GstElement *element, GstPad *pad)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (element);

  gst_pad_set_active (pad, FALSE);
  end_track (self, get_writer_pad (pad));
  gst_element_remove_pad (element, pad);
}

static void
gst_call_record_writer_finalize (GObject *object)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (object);

  recorder_settings_clear (&self->settings);
  recorder_figures_clear (&self->figures);
  g_rw_lock_clear (&self->gate);
  G_OBJECT_CLASS (gst_call_record_writer_parent_class)->finalize (object);
}

static void
gst_call_record_writer_init (GstCallRecordWriter *self)
{
  g_rw_lock_init (&self->gate);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

static void
gst_call_record_writer_class_init (GstCallRecordWriterClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gst_call_record_writer_finalize;
  element_class->change_state = gst_call_record_writer_change_state;
  element_class->send_event = gst_call_record_writer_send_event;
  element_class->release_pad = gst_call_record_writer_release_pad;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (
      element_class, "Call recording writer", "Sink/File", "Writes encoded tracks to files", "The GstCall Authors");
}

/* ---- public ---- */

GstElement *
gst_call_record_writer_new (void)
{
  return g_object_new (GST_TYPE_CALL_RECORD_WRITER, "name", "writer", NULL);
}

void
gst_call_record_writer_configure (GstElement *writer, const RecorderSettings *settings)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (writer);

  recorder_settings_clear (&self->settings);
  recorder_settings_copy (&self->settings, settings);
}

GstPad *
gst_call_record_writer_add (GstElement *writer, const char *name, gboolean video)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (writer);
  GstPad *pad = gst_pad_new_from_static_template (&sink_template, name);
  WriterPad *writer_pad = g_new0 (WriterPad, 1);

  writer_pad->name = g_strdup (name);
  writer_pad->video = video;
  gst_segment_init (&writer_pad->segment, GST_FORMAT_UNDEFINED);
  gst_pad_set_element_private (pad, writer_pad);
  g_object_set_data_full (G_OBJECT (pad), "writer-pad", writer_pad, writer_pad_free);
  gst_pad_set_chain_function (pad, writer_chain);
  gst_pad_set_event_function (pad, writer_event);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (writer, pad);
  g_rw_lock_writer_lock (&self->gate);
  register_pad (self, writer_pad); /* unless the start of the recorder has seen it */
  g_rw_lock_writer_unlock (&self->gate);
  return pad;
}

void
gst_call_record_writer_split (GstElement *writer)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (writer);

  g_rw_lock_reader_lock (&self->gate);
  if (self->recorder != NULL)
    recorder_split (self->recorder);
  g_rw_lock_reader_unlock (&self->gate);
}

void
gst_call_record_writer_note_sound (GstElement *writer, GstClockTime running_time)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (writer);

  g_rw_lock_reader_lock (&self->gate);
  if (self->recorder != NULL)
    recorder_note_sound (self->recorder, running_time);
  g_rw_lock_reader_unlock (&self->gate);
}

void
gst_call_record_writer_get_figures (GstElement *writer, RecorderFigures *figures)
{
  GstCallRecordWriter *self = GST_CALL_RECORD_WRITER (writer);

  g_rw_lock_reader_lock (&self->gate);
  if (self->recorder != NULL)
    recorder_get_figures (self->recorder, figures);
  else
    recorder_figures_copy (figures, &self->figures);
  g_rw_lock_reader_unlock (&self->gate);
}
