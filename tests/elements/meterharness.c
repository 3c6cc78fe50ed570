/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#include "meterharness.h"

#define RTP_HEADER 12
#define SSRC 0x12345678

MeterHarness *
meter_harness_new (const char *caps, const char *first_property, ...)
{
  MeterHarness *meter = g_new0 (MeterHarness, 1);
  g_autoptr (GstElement) element = gst_object_ref_sink (gst_element_factory_make ("callqualitymeter", NULL));
  va_list arguments;
  g_assert_nonnull (element);
  va_start (arguments, first_property);
  g_object_set_valist (G_OBJECT (element), first_property, arguments);
  va_end (arguments);
  meter->bus = gst_bus_new ();
  gst_element_set_bus (element, meter->bus);
  meter->harness = gst_harness_new_with_element (element, "sink", "src");
  meter->element = element; /* the harness has it */
  gst_harness_set_drop_buffers (meter->harness, TRUE);
  if (caps != NULL)
    gst_harness_set_src_caps_str (meter->harness, caps);
  return meter;
}

void
meter_harness_free (MeterHarness *meter)
{
  gst_element_set_bus (meter->element, NULL);
  gst_harness_teardown (meter->harness);
  gst_bus_set_flushing (meter->bus, TRUE);
  gst_object_unref (meter->bus);
  g_free (meter);
}

void
meter_harness_rtp (MeterHarness *meter, guint16 seq, guint32 timestamp, gsize size, GstClockTime time)
{
  guint8 *data = g_malloc0 (MAX (size, RTP_HEADER));
  data[0] = 0x80;
  data[1] = 96;
  GST_WRITE_UINT16_BE (data + 2, seq);
  GST_WRITE_UINT32_BE (data + 4, timestamp);
  GST_WRITE_UINT32_BE (data + 8, SSRC);
  meter_harness_buffer (meter, data, MAX (size, RTP_HEADER), time, GST_CLOCK_TIME_NONE);
}

void
meter_harness_buffer (MeterHarness *meter, gpointer data, gsize size, GstClockTime time, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_wrapped (data, size);
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = duration;
  g_assert_cmpint (gst_harness_push (meter->harness, buffer), ==, GST_FLOW_OK);
}

GstStructure *
meter_harness_next (MeterHarness *meter)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (meter->bus, GST_MESSAGE_ELEMENT);
  if (message == NULL)
    return NULL;
  g_assert_true (gst_message_has_name (message, "call-quality"));
  return gst_structure_copy (gst_message_get_structure (message));
}

GstStructure *
meter_harness_finish (MeterHarness *meter)
{
  GstStructure *last = NULL, *next;
  gboolean final = FALSE;
  g_assert_true (gst_harness_push_event (meter->harness, gst_event_new_eos ()));
  while ((next = meter_harness_next (meter)) != NULL) {
    g_clear_pointer (&last, gst_structure_free);
    last = next;
  }
  g_assert_nonnull (last);
  g_assert_true (gst_structure_get_boolean (last, "final", &final) && final);
  return last;
}

guint64
meter_count (const GstStructure *structure, const char *field)
{
  const GValue *value = gst_structure_get_value (structure, field);
  g_auto (GValue) count = G_VALUE_INIT;
  if (value == NULL)
    g_error ("no field %s", field);
  g_value_init (&count, G_TYPE_UINT64);
  g_assert_true (g_value_transform (value, &count));
  return g_value_get_uint64 (&count);
}

double
meter_number (const GstStructure *structure, const char *field)
{
  double number;
  if (!gst_structure_get_double (structure, field, &number))
    g_error ("no number %s", field);
  return number;
}
