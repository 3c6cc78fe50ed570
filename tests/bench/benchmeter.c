/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

/* benchmeter [THOUSAND-BUFFERS]: what callqualitymeter costs and what identity does, turn by turn in one process, both
 * less what a buffer costs without an element: CPU time, allocations, threads. Exits 1 when it allocates for a buffer
 * or has a thread. Wants G_SLICE=always-malloc, so that GLib's slices are counted, too. */

#include <gst/gst.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 9
#define N_BUFFERS 64 /* that go round */
#define COUNTED 1000 /* buffers over which allocations are counted */
#define PER_SECOND 10000
#define QUIET (3600 * GST_SECOND)

/* ---- allocations: glibc's functions, counted ---- */

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *memory, size_t size);

static volatile gint allocations;

__attribute__ ((visibility ("default"))) void *
malloc (size_t size)
{
  g_atomic_int_inc (&allocations);
  return __libc_malloc (size);
}

__attribute__ ((visibility ("default"))) void *
calloc (size_t count, size_t size)
{
  g_atomic_int_inc (&allocations);
  return __libc_calloc (count, size);
}

__attribute__ ((visibility ("default"))) void *
realloc (void *memory, size_t size)
{
  g_atomic_int_inc (&allocations);
  return __libc_realloc (memory, size);
}

/* ---- one element, or none, between two pads of ours ---- */

typedef struct
{
  const char *name, *caps;
  gsize size; /* of a buffer */
  GstClockTime step;
} Stream;

typedef struct
{
  GstElement *element;
  GstPad *source, *sink;
  GstBus *bus;
  GstBuffer *buffers[N_BUFFERS];
  const Stream *stream;
  guint64 pushed;
} Rig;

static GstFlowReturn
drop (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstBuffer *
make_buffer (const Stream *stream)
{
  guint8 *data = g_malloc0 (stream->size);
  data[0] = 0x80;
  data[1] = 96;
  return gst_buffer_new_wrapped (data, stream->size);
}

static void
send_first_events (Rig *rig)
{
  GstSegment segment;
  g_autoptr (GstCaps) caps = gst_caps_from_string (rig->stream->caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (rig->source, gst_event_new_stream_start ("bench"));
  gst_pad_push_event (rig->source, gst_event_new_caps (caps));
  gst_pad_push_event (rig->source, gst_event_new_segment (&segment));
}

static void
link_element (Rig *rig, const char *name)
{
  rig->element = gst_object_ref_sink (gst_element_factory_make (name, NULL));
  g_autoptr (GstPad) in = gst_element_get_static_pad (rig->element, "sink");
  g_autoptr (GstPad) out = gst_element_get_static_pad (rig->element, "src");
  gst_element_set_bus (rig->element, rig->bus);
  gst_pad_link (rig->source, in);
  gst_pad_link (out, rig->sink);
  gst_element_set_state (rig->element, GST_STATE_PLAYING);
}

/* @element: NULL for the pads alone. */
static void
rig_init (Rig *rig, const char *element, const Stream *stream)
{
  *rig = (Rig){.stream = stream, .bus = gst_bus_new ()};
  rig->source = gst_object_ref_sink (gst_pad_new ("source", GST_PAD_SRC));
  rig->sink = gst_object_ref_sink (gst_pad_new ("sink", GST_PAD_SINK));
  gst_pad_set_chain_function (rig->sink, drop);
  if (element != NULL)
    link_element (rig, element);
  else
    gst_pad_link (rig->source, rig->sink);
  gst_pad_set_active (rig->source, TRUE);
  gst_pad_set_active (rig->sink, TRUE);
  send_first_events (rig);
  for (guint i = 0; i < N_BUFFERS; i++)
    rig->buffers[i] = make_buffer (stream);
}

static void
rig_clear (Rig *rig)
{
  if (rig->element != NULL) {
    gst_element_set_state (rig->element, GST_STATE_NULL);
    gst_element_set_bus (rig->element, NULL);
    gst_object_unref (rig->element);
  }
  for (guint i = 0; i < N_BUFFERS; i++)
    gst_buffer_unref (rig->buffers[i]);
  gst_bus_set_flushing (rig->bus, TRUE);
  gst_object_unref (rig->bus);
  gst_object_unref (rig->source);
  gst_object_unref (rig->sink);
}

static void
push (Rig *rig, guint count)
{
  for (guint i = 0; i < count; i++, rig->pushed++) {
    GstBuffer *buffer = rig->buffers[rig->pushed % N_BUFFERS];
    guint8 *data = NULL;
    GstMapInfo map;
    if (gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
      data = map.data;
      GST_WRITE_UINT16_BE (data + 2, (guint16) rig->pushed);
      GST_WRITE_UINT32_BE (data + 4, (guint32) rig->pushed * 960);
      gst_buffer_unmap (buffer, &map);
    }
    GST_BUFFER_PTS (buffer) = rig->pushed * rig->stream->step;
    GST_BUFFER_DURATION (buffer) = rig->stream->step;
    gst_pad_push (rig->source, gst_buffer_ref (buffer));
  }
}

/* ---- measuring ---- */

static double
cpu_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e9 * (double) now.tv_sec + (double) now.tv_nsec;
}

static guint
count_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint count = 0;
  while (tasks != NULL && g_dir_read_name (tasks) != NULL)
    count++;
  return count;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static double
time_push (Rig *rig, guint count)
{
  double before = cpu_ns ();
  push (rig, count);
  gst_bus_set_flushing (rig->bus, TRUE); /* lets the messages go */
  gst_bus_set_flushing (rig->bus, FALSE);
  return (cpu_ns () - before) / count;
}

/* Without a message in between. */
static gint
count_allocations (Rig *rig)
{
  g_object_set (rig->element, "interval", (guint64) QUIET, NULL);
  push (rig, COUNTED);
  gint before = g_atomic_int_get (&allocations);
  push (rig, COUNTED);
  return g_atomic_int_get (&allocations) - before;
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static gboolean
measure (const Stream *stream, guint count)
{
  static const char *const elements[] = {NULL, "identity", "callqualitymeter"};
  Rig rigs[3];
  double none[ROUNDS], identity[ROUNDS], meter[ROUNDS];
  guint threads = count_threads ();
  for (guint i = 0; i < G_N_ELEMENTS (rigs); i++)
    rig_init (&rigs[i], elements[i], stream);
  for (guint i = 0; i < ROUNDS; i++) {
    none[i] = time_push (&rigs[0], count);
    identity[i] = time_push (&rigs[1], count) - none[i];
    meter[i] = time_push (&rigs[2], count) - none[i];
  }
  gint allocated = count_allocations (&rigs[2]);
  threads = count_threads () - threads;
  for (guint i = 0; i < G_N_ELEMENTS (rigs); i++)
    rig_clear (&rigs[i]);
  double theirs = median (identity), ours = median (meter);
  g_print (
      "%-20s identity %4.0f ns a buffer, meter %4.0f ns: %+5.0f ns, %.2f x, %.2f %% of a core at %u/s; %d allocations "
      "in %u buffers, %u threads\n",
      stream->name, theirs, ours, ours - theirs, ours / theirs, ours * PER_SECOND / 1e7, PER_SECOND, allocated, COUNTED,
      threads);
  return allocated == 0 && threads == 0;
}

int
main (int argc, char **argv)
{
  static const Stream streams[] = {
      {"RTP, Opus", "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96", 172,
          GST_SECOND / PER_SECOND},
      {"RTP, VP8", "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96", 1200,
          GST_SECOND / PER_SECOND},
      {"Opus", "audio/x-opus,channel-mapping-family=0", 160, 20 * GST_MSECOND},
      {"S16LE 48 kHz, 20 ms", "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved", 1920,
          20 * GST_MSECOND},
      {"I420 640x360", "video/x-raw,format=I420,width=640,height=360,framerate=30/1", 640 * 360 * 3 / 2,
          GST_SECOND / 30}};
  gboolean good = TRUE;
  gst_init (&argc, &argv);
  guint count = (guint) (argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 100) * 1000;
  if (g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") != 0)
    g_print ("without G_SLICE=always-malloc GLib's slices are not counted\n");
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    good &= measure (&streams[i], MAX (streams[i].size > 10000 ? count / 20 : count, COUNTED));
  return good ? 0 : 1;
}
