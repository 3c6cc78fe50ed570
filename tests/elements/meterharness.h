/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 The GstCall Authors */

#pragma once

#include <gst/check/gstharness.h>
#include <gst/gst.h>

/* A callqualitymeter between two pads of the test, and what it says on its bus. */
typedef struct
{
  GstHarness *harness;
  GstElement *element; /* borrowed */
  GstBus *bus;
} MeterHarness;

/* @first_property as for g_object_set(). Without @caps none are sent. */
MeterHarness *meter_harness_new (const char *caps, const char *first_property, ...);
void meter_harness_free (MeterHarness *meter);

/* A packet of @size bytes. What comes out is let go. */
void meter_harness_rtp (MeterHarness *meter, guint16 seq, guint32 timestamp, gsize size, GstClockTime time);
/* A buffer of raw or encoded media; takes @data. */
void meter_harness_buffer (MeterHarness *meter, gpointer data, gsize size, GstClockTime time, GstClockTime duration);

/* The next call-quality; NULL: none so far. */
GstStructure *meter_harness_next (MeterHarness *meter);
/* Ends the stream; the last one, which has to be final. */
GstStructure *meter_harness_finish (MeterHarness *meter);

guint64 meter_count (const GstStructure *structure, const char *field); /* int64, uint64, uint; fails when not there */
double meter_number (const GstStructure *structure, const char *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeterHarness, meter_harness_free)
